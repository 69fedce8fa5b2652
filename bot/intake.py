"""A moderator's message -> what there is to read in it -> drafts."""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from telegram import MessageEntity, MessageOriginChannel

from bot.labels import UNNAMED, UPLOAD
from corpus.errors import ReadingError
from corpus.fetching import fetch
from corpus.ingest import make_draft
from corpus.readers import read_bytes
from corpus.readers.archive import read_archive

if TYPE_CHECKING:
    from datetime import date

    from telegram import Chat, Message

    from corpus.models import RawDocument
    from corpus.store import Draft

_ARCHIVES: Final = ("application/zip", "application/x-zip-compressed")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a forwarded post says of where it was published first."""

    url: str
    published: date


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that Telegram keeps.

    Attributes:
        size: In bytes; None where Telegram does not tell.
        origin: The post that it was forwarded from; None where it was not.
    """

    file_id: str
    name: str
    media_type: str | None
    size: int | None
    origin: Origin | None

    @property
    def is_archive(self) -> bool:
        """Whether it is a ZIP archive of files."""
        return self.name.lower().endswith(".zip") or self.media_type in _ARCHIVES


@dataclass(frozen=True, slots=True)
class WebPage:
    """An address to be fetched."""

    url: str


@dataclass(frozen=True, slots=True)
class Writing:
    """What was written in a message, or in the post that was forwarded."""

    text: str
    origin: Origin | None


Material: TypeAlias = UploadedFile | WebPage | Writing


@dataclass(frozen=True, slots=True)
class Reading:
    """A document that was read, ready to be looked at.

    Attributes:
        notes: What its reader remarked.
    """

    draft: Draft
    notes: tuple[str, ...]


def material_of(message: Message) -> Material | None:
    """What there is to read in a message; None where there is nothing that can be."""
    origin = _origin_of(message)
    if (document := message.document) is not None:
        media_type = document.mime_type
        name = document.file_name or f"file{mimetypes.guess_extension(media_type or '') or ''}"
        return UploadedFile(document.file_id, name, media_type, document.file_size, origin)
    text = (message.text or message.caption or "").strip()
    if message.text is not None and (url := _lone_address(message, text)) is not None:
        return WebPage(url)
    return Writing(text, origin) if text else None


def material_of_command(message: Message) -> Material | None:
    """What stands behind a command in its own message; None where nothing does."""
    _, *rest = (message.text or "").split(maxsplit=1)
    if not rest:
        return None
    text = rest[0].strip()
    url = _lone_address(message, text)
    return Writing(text, None) if url is None else WebPage(url)


def read_page(page: WebPage) -> Reading:
    """Fetch a page from the public Internet and read it.

    Raises:
        CorpusError: It cannot be fetched or read, or has no text.
    """
    return _to_draft(fetch(page.url, allow_private=False), page.url, page.url)


def read_writing(writing: Writing) -> Reading:
    """Read what was written in a message.

    Raises:
        CorpusError: It has no text that could be quoted.
    """
    raw = read_bytes(writing.text.encode(), f"{UNNAMED}.txt")
    source = writing.origin.url if writing.origin else _upload(UNNAMED)
    return _to_draft(_with_origin(raw, writing.origin), source, UNNAMED)


def read_upload(file: UploadedFile, content: bytes) -> list[Reading | ReadingError]:
    """Read a file, or the files of an archive.

    Returns:
        One for each document, in the order of their names; of a single file exactly one reading.

    Raises:
        CorpusError: It cannot be read or has no text; of an archive: none of it can be read.
    """
    source = _upload(file.name)
    if not file.is_archive:
        raw = read_bytes(content, file.name, media_type=file.media_type)
        return [_to_draft(_with_origin(raw, file.origin), source, file.name)]
    return [
        _member(result, f"{source}/{path}", path)
        for path, result in read_archive(content, file.name)
    ]


def post_link(chat: Chat, message_id: int) -> str:
    """Where a channel's post can be opened; of a private channel by its members only."""
    if chat.username:
        return f"https://t.me/{chat.username}/{message_id}"
    return f"https://t.me/c/{str(chat.id).removeprefix('-100')}/{message_id}"


def _member(result: RawDocument | ReadingError, source: str, path: str) -> Reading | ReadingError:
    if isinstance(result, ReadingError):
        return ReadingError(path, result.reason)
    try:
        return _to_draft(result, source, path)
    except ReadingError as error:
        return error


def _to_draft(raw: RawDocument, source: str, name: str) -> Reading:
    try:
        return Reading(make_draft(raw, source), raw.notes)
    except ReadingError as error:
        raise ReadingError(name, error.reason) from error


def _with_origin(raw: RawDocument, origin: Origin | None) -> RawDocument:
    if origin is None:
        return raw
    return replace(raw, url=raw.url or origin.url, published=raw.published or origin.published)


def _origin_of(message: Message) -> Origin | None:
    """Only of channels: who wrote what was forwarded from a person is nobody's business."""
    origin = message.forward_origin
    if not isinstance(origin, MessageOriginChannel):
        return None
    return Origin(post_link(origin.chat, origin.message_id), origin.date.date())


def _lone_address(message: Message, text: str) -> str | None:
    if len(text.split()) != 1:
        return None
    if "://" in text:
        return text  # of another kind it is refused with its reason
    marked = message.parse_entities([MessageEntity.URL]).values()
    return f"https://{text}" if text in marked else None


def _upload(name: str) -> str:
    """A source of its own for each upload: two files of one name are two documents."""
    return f"{UPLOAD}{secrets.token_hex(4)}/{name.replace('/', '_')}"
