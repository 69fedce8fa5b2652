"""What a bot sends, with its files, and how Telegram says no."""

from __future__ import annotations

from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

ATTACHED: Final = "attach://"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the bot sent it.

    Attributes:
        method: With which request it came.
        field: The form's field, which is a parameter, or what an "attach://…" names.
        name: The file's name.
        content: The file itself.
    """

    method: str
    field: str
    name: str
    content: bytes

    def __repr__(self) -> str:
        return f"Upload({self.field}: {self.name}, {len(self.content)} bytes)"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the bot made it, with JSON parameters read and files as `Upload`."""

    method: str
    parameters: dict[str, Any]
    uploads: Sequence[Upload] = ()


class RefusalError(Exception):
    """What Telegram answers in place of a result."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def body(self) -> dict[str, Any]:
        """The answer itself."""
        told = {"ok": False, "error_code": self.code, "description": self.description}
        return {**told, "parameters": self.parameters} if self.parameters else told


def read_multipart(
    method: str, content_type: str, body: bytes
) -> tuple[dict[str, str], list[Upload]]:
    """The plain fields of a multipart/form-data request, and its files."""
    header = f"Content-Type: {content_type}\r\n\r\n".encode()
    form, uploads = {}, []
    for part in BytesParser(policy=HTTP).parsebytes(header + body).iter_parts():
        field = part["Content-Disposition"].params["name"]
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        name = part.get_filename()
        if name is None:
            form[field] = content.decode()
        else:
            # The one character that forms have to encode in a name that people type.
            uploads.append(Upload(method, field, name.replace("%22", '"'), content))
    return form, uploads
