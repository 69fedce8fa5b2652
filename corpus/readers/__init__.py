"""Files and pages -> `RawDocument`, one module a format."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus.errors import ReadingError
from corpus.readers import docx, html, markdown, pdf, text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from corpus.models import RawDocument

MAX_BYTES = 20 * 1024 * 1024
"""The largest file that is read: what Telegram serves too."""

_READERS: dict[str, Callable[[bytes, str], RawDocument]] = {
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".txt": text.read,
    ".text": text.read,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".pdf": pdf.read,
    ".docx": docx.read,
}
_MEDIA_TYPES = {
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
SUFFIXES = frozenset(_READERS)
"""The endings of names, in lower case, that are served."""


def read_file(path: Path) -> RawDocument:
    """Read one file by the format that its name says.

    Raises:
        ReadingError: It is not there, cannot be opened, is larger than `MAX_BYTES`, or
            cannot be turned into text. Nothing else is raised.
    """
    return _read(load(path), str(path), _suffix(path.name))


def load(path: Path, suffixes: Collection[str] = SUFFIXES) -> bytes:
    """The content of a file whose name has one of these endings, in lower case.

    Raises:
        ReadingError: As `read_file`.
    """
    source = str(path)
    try:
        if path.is_dir():
            raise ReadingError(source, "is a folder, not a file")
        _check(_suffix(path.name), path.stat().st_size, source, suffixes)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadingError(source, "is not there: check the path") from error
    except PermissionError as error:
        raise ReadingError(source, "may not be read: check its permissions") from error
    except (OSError, ValueError) as error:
        raise ReadingError(source, f"cannot be opened ({_one_line(error)})") from error


def read_bytes(content: bytes, name: str, *, media_type: str | None = None) -> RawDocument:
    """Read what was uploaded or fetched.

    Args:
        content: The file as it is.
        name: Its name or address, whose ending says the format.
        media_type: As its sender declares it, with an optional charset. A known one
            decides over the name, but for "text/plain", as which servers send Markdown too.

    Raises:
        ReadingError: As `read_file`.
    """
    media_type, _, parameters = (media_type or "").partition(";")
    named, suffix = _suffix(name), _MEDIA_TYPES.get(media_type.strip().lower(), "")
    if not suffix or (suffix == ".txt" and named in SUFFIXES):
        suffix = named
    _check(suffix, len(content), name)
    charset = _CHARSET.search(parameters)
    return _read(_to_utf8(content, charset[1]) if charset else content, name, suffix)


def _suffix(name: str) -> str:
    """The ending of a name or of an address's path, in lower case."""
    return PurePosixPath(urlsplit(name).path if "://" in name else name).suffix.lower()


def _check(suffix: str, size: int, source: str, suffixes: Collection[str] = SUFFIXES) -> None:
    if suffix not in suffixes:
        served = ", ".join(sorted(SUFFIXES))
        what = f"files that end in {suffix}" if suffix else "files without an ending"
        raise ReadingError(source, f"{what} are not read; these are: {served}")
    if size > MAX_BYTES:
        raise ReadingError(
            source,
            f"is too large ({size / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB are read); "
            "split it into smaller files",
        )
    if size == 0:
        raise ReadingError(source, "is empty: there is nothing to add")


def _read(content: bytes, source: str, suffix: str) -> RawDocument:
    try:
        raw = _READERS[suffix](content, source)
    except ReadingError:
        raise
    except Exception as error:  # whatever a library does on a hostile file
        raise ReadingError(
            source, f"cannot be read ({_one_line(error)}); the file may be damaged"
        ) from error
    if not raw.text.strip():
        raise ReadingError(source, "holds no text: there is nothing to add")
    return raw


def _to_utf8(content: bytes, charset: str) -> bytes:
    """Bytes in a declared encoding as UTF-8; as they are where the declaration is wrong."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode(charset).encode()
        except (LookupError, UnicodeError):
            pass
    return content


def _one_line(error: Exception) -> str:
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message[:200]}" if message else type(error).__name__
