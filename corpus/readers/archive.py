"""ZIP archives: every file inside that is of a kind that is read."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from corpus.errors import ReadingError
from corpus.readers import MAX_BYTES, SUFFIXES, read_bytes
from corpus.readers.text import decode

if TYPE_CHECKING:
    from corpus.models import RawDocument

MAX_FILES = 200
"""How many files of one archive are read."""

MAX_UNPACKED = 100 * 1024 * 1024
"""How large the files of one archive may be together, unpacked."""

_ENCRYPTED = 0x1
_NAME_IS_UTF8 = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_GERMAN = re.compile(r"[\x00-\x7fäöüÄÖÜß]*")


def read_archive(content: bytes, name: str) -> list[tuple[str, RawDocument | ReadingError]]:
    """Read the files of an archive, in the order of their names.

    Hidden files, what macOS adds, and files of other kinds are passed over; archives inside
    are named as not read.

    Args:
        content: The archive as it is.
        name: Its name or path.

    Returns:
        At least one file, by its path inside, with what was read of it or why it was not.

    Raises:
        ReadingError: It is no ZIP archive, is damaged, protected by a password, holds nothing
            that is read, more than `MAX_FILES` files of such kinds, or more than
            `MAX_UNPACKED` bytes of them.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReadingError(name, "is not a readable ZIP archive; pack it again") from error
    with archive:
        members = sorted(
            ((path, member) for member in archive.infolist() if (path := _wanted_path(member))),
            key=lambda pair: pair[0],
        )
        if not members:
            served = ", ".join(sorted(SUFFIXES))
            raise ReadingError(name, f"holds no file that is read; these are: {served}")
        _check([member for path, member in members if not _is_archive(path)], name)
        return [(path, _read(archive, member, f"{name}/{path}")) for path, member in members]


def _wanted_path(member: zipfile.ZipInfo) -> str | None:
    """The path of a file that is read, or named as one that cannot be; else None."""
    path = PurePosixPath(_decode_name(member).replace("\\", "/").lstrip("/"))
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    wanted = path.suffix.lower() in SUFFIXES or _is_archive(path.name)
    return str(path) if wanted and not hidden and not member.is_dir() else None


def _is_archive(path: str) -> bool:
    return path.lower().endswith(".zip")


def _decode_name(member: zipfile.ZipInfo) -> str:
    """A file's name, also where an old program wrote it in the encoding of its machine."""
    name = member.filename
    if member.flag_bits & _NAME_IS_UTF8 or _GERMAN.fullmatch(name):
        return name
    try:
        return decode(name.encode("cp437"), name)[0]  # Python took it for cp437
    except (UnicodeEncodeError, ReadingError):
        return name


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse an archive as a whole, before anything is unpacked."""
    if len(members) > MAX_FILES:
        raise ReadingError(
            name,
            f"holds too many files ({len(members)}; at most {MAX_FILES} are read); "
            "split it into smaller archives",
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise ReadingError(name, "is protected by a password; pack it without one")
    # What is declared is what is unpacked: zipfile stops there.
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise ReadingError(
            name, f"unpacks to over {MAX_UNPACKED // 2**20} MB; split it into smaller archives"
        )


def _read(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str
) -> RawDocument | ReadingError:
    if _is_archive(source):
        return ReadingError(source, "is an archive inside the archive; add it by itself")
    if member.file_size > MAX_BYTES:
        return ReadingError(
            source,
            f"is too large ({member.file_size / 2**20:.0f} MB; at most {MAX_BYTES // 2**20} MB "
            "are read); split it into smaller files",
        )
    # Others unpack without any limit.
    if member.compress_type not in _METHODS:
        return ReadingError(source, "is packed in an unusual way; pack it as an ordinary ZIP")
    try:
        with archive.open(member) as file:
            content = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        failure = ReadingError(source, "is damaged inside the archive; pack it again")
        failure.__cause__ = error
        return failure
    try:
        return read_bytes(content, source)
    except ReadingError as error:
        return error
