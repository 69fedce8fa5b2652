"""What a bot asks for, with its files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import EmailMessage

Json = dict[str, Any]

ATTACHED: Final = "attach://"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent.

    Attributes:
        field: The form's field, which is a parameter, or what an "attach://…" names.
        name: The file's name.
        content: The file itself.
    """

    field: str
    name: str
    content: bytes

    def __repr__(self) -> str:
        return f"Upload({self.field}: {self.name}, {len(self.content)} bytes)"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the bot made it, with JSON parameters read and files as `Upload`."""

    method: str
    parameters: Json
    uploads: Sequence[Upload] = ()


def read_body(content_type: str, query: str, body: bytes) -> tuple[Json, list[Upload]]:
    """The parameters of a request and its files, in whichever of Telegram's forms they came.

    Args:
        content_type: The header; JSON, a form, or a multipart form.
        query: The address's query, which goes first.
        body: What was sent.

    Raises:
        ValueError: The body is not what its type says.
    """
    form: Json = dict(parse_qsl(query, keep_blank_values=True))
    uploads: list[Upload] = []
    if content_type.startswith("multipart/form-data"):
        fields, uploads = read_multipart(content_type, body)
        form |= fields
    elif content_type.startswith("application/json"):
        given = json.loads(body or b"{}")
        if not isinstance(given, dict):
            raise ValueError("the body is no JSON object")
        form |= given
    else:
        text = body.decode()
        form |= dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
    return form, uploads


def read_multipart(content_type: str, body: bytes) -> tuple[dict[str, str], list[Upload]]:
    """The plain fields of a multipart/form-data request, and its files.

    Raises:
        ValueError: The body is not what its type says.
    """
    boundary = _headers(b"Content-Type: " + content_type.encode()).get_boundary()
    if boundary is None:
        raise ValueError("the form has no boundary")
    form, uploads = {}, []
    # What is between the first boundary and the last; the email package would do it, in seconds.
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = _headers(head)
        field = headers.get_param("name", header="Content-Disposition")
        if not isinstance(field, str):
            raise ValueError("a field of the form has no name")  # noqa: TRY004 - of the form's form
        name = headers.get_filename()
        if name is None:
            form[field] = content.decode()
        else:
            # The one character that forms have to encode in a name that people type.
            uploads.append(Upload(field, name.replace("%22", '"'), content))
    return form, uploads


def _headers(head: bytes) -> EmailMessage:
    return BytesParser(policy=HTTP).parsebytes(head + b"\r\n\r\n", headersonly=True)
