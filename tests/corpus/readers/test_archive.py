from __future__ import annotations

import io
import random
import warnings
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.models import RawDocument
from corpus.readers import MAX_BYTES, SUFFIXES
from corpus.readers.archive import MAX_FILES, read_archive
from tests.support.documents import (
    make_docx,
    make_encrypted_pdf,
    make_pdf,
    make_scanned_pdf,
    make_zip,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXT = "One sentence is here."
HTML = f"<html><body><article><p>{TEXT}</p></article></body></html>".encode()


def outcomes(content: bytes) -> list[tuple[str, str]]:
    """Each file with its text, or with what is wrong with it."""
    return [
        (path, result.text if isinstance(result, RawDocument) else result.reason)
        for path, result in read_archive(content, "a.zip")
    ]


def refusal(content: bytes) -> str:
    with pytest.raises(ReadingError) as refused:
        read_archive(content, "a.zip")
    assert refused.value.source == "a.zip"
    assert "\n" not in str(refused.value)
    return refused.value.reason


def with_flag(content: bytes, flag: int) -> bytes:
    """The archive with a flag set in the headers of every file."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(signature)
        while place >= 0:
            changed[place + offset] |= flag
            place = changed.find(signature, place + 1)
    return bytes(changed)


def with_raw_names(content: bytes, names: Iterable[tuple[str, bytes]]) -> bytes:
    """The archive with names in an older encoding; each must have the old one's length."""
    for placeholder, name in names:
        assert len(placeholder) == len(name)
        content = content.replace(placeholder.encode("ascii"), name)
    return content


def test_every_kind_of_file_is_read_in_the_order_of_names() -> None:
    content = make_zip(
        {
            "guides/z.docx": make_docx([TEXT]),
            "guides/deeper/y.PDF": make_pdf([[TEXT]]),
            "b.html": HTML,
            "a.txt": TEXT.encode(),
            "ўводзіны.md": b"**One** sentence is here.",
        }
    )
    assert outcomes(content) == [
        ("a.txt", TEXT),
        ("b.html", TEXT),
        ("guides/deeper/y.PDF", TEXT),
        ("guides/z.docx", TEXT),
        ("ўводзіны.md", TEXT),
    ]


def test_hidden_files_folders_and_other_kinds_are_passed_over() -> None:
    content = make_zip(
        {
            "a.md": TEXT.encode(),
            ".hidden.md": TEXT.encode(),
            ".git/b.md": TEXT.encode(),
            "__MACOSX/._a.md": b"\x00\x05\x16\x07",
            "guides/__MACOSX/c.md": TEXT.encode(),
            "folder.md/": b"",
            "photo.png": b"\x89PNG",
            "noending": TEXT.encode(),
        }
    )
    assert outcomes(content) == [("a.md", TEXT)]


def test_file_that_cannot_be_read_says_why_and_the_others_are_read() -> None:
    content = make_zip(
        {
            "a.pdf": make_encrypted_pdf(),
            "b.pdf": make_scanned_pdf(),
            "c.txt": b"",
            "d.docx": b"words",
            "e.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "f.md": TEXT.encode(),
            "g.zip": make_zip({"a.md": TEXT.encode()}),
        }
    )
    assert outcomes(content) == [
        ("a.pdf", "is protected by a password; save it without one"),
        ("b.pdf", "has no text layer (a scan); run OCR on it first"),
        ("c.txt", "is empty: there is nothing to add"),
        (
            "d.docx",
            "is not a readable DOCX; open it in a word processor and save it as .docx again",
        ),
        ("e.docx", "is protected by a password; save it without one"),
        ("f.md", TEXT),
        ("g.zip", "is an archive inside the archive; add it by itself"),
    ]


def test_error_names_the_archive_and_the_file_inside() -> None:
    ((path, result),) = read_archive(make_zip({"x/c.txt": b""}), "files/a.zip")
    assert isinstance(result, ReadingError)
    assert (path, result.source) == ("x/c.txt", "files/a.zip/x/c.txt")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not a readable ZIP archive; pack it again"),
        (b"words", "is not a readable ZIP archive; pack it again"),
        (make_zip({"a.md": TEXT.encode()})[:-30], "is not a readable ZIP archive; pack it again"),
        (make_zip({}), "holds no file that is read; these are: "),
        (make_zip({"a.png": b"\x89PNG", ".b.md": b"a"}), "holds no file that is read"),
        (
            with_flag(make_zip({"a.png": b"a", "a.md": TEXT.encode()}), 1),
            "is protected by a password; pack it without one",
        ),
        (
            make_zip({f"{number}.md": b"a" for number in range(MAX_FILES + 1)}),
            "holds too many files (201; at most 200 are read); split it into smaller archives",
        ),
        (
            make_zip({f"{number}.md": bytes(MAX_BYTES) for number in range(6)}),
            "unpacks to over 100 MB; split it into smaller archives",
        ),
    ],
)
def test_archive_that_cannot_be_read_is_refused_with_its_reason(
    content: bytes, reason: str
) -> None:
    assert refusal(content).startswith(reason)


def test_as_many_files_as_allowed_are_read() -> None:
    content = make_zip({f"{number:03}.txt": TEXT.encode() for number in range(MAX_FILES)})
    assert outcomes(content) == [(f"{number:03}.txt", TEXT) for number in range(MAX_FILES)]


def test_file_that_unpacks_to_too_much_is_not_unpacked() -> None:
    content = make_zip({"a.txt": bytes(MAX_BYTES + 1), "b.txt": TEXT.encode()})
    assert outcomes(content) == [
        ("a.txt", "is too large (20 MB; at most 20 MB are read); split it into smaller files"),
        ("b.txt", TEXT),
    ]


def test_file_that_is_larger_than_it_claims_is_damaged() -> None:
    size = (10 * 2**20).to_bytes(4, "little")
    content = make_zip({"a.txt": bytes(10 * 2**20), "b.txt": TEXT.encode()})
    assert content.count(size) == 2
    lie = content.replace(size, (5).to_bytes(4, "little"))
    assert outcomes(lie) == [("a.txt", "is damaged inside the archive; pack it again"),
                             ("b.txt", TEXT)]  # fmt: skip


def test_damaged_file_says_so_and_the_others_are_read() -> None:
    content = bytearray(make_zip({"a.txt": TEXT.encode() * 50, "b.txt": TEXT.encode()}))
    content[40] ^= 0xFF
    assert outcomes(bytes(content)) == [
        ("a.txt", "is damaged inside the archive; pack it again"),
        ("b.txt", TEXT),
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_way_of_packing_that_bounds_nothing_is_not_unpacked(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.txt", TEXT)
    assert outcomes(buffer.getvalue()) == [
        ("a.txt", "is packed in an unusual way; pack it as an ordinary ZIP")
    ]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("паведамленне.txt", "cp866"),
        ("Правила въезда.txt", "cp866"),
        ("Правілы ўезду.txt", "cp1251"),
        ("Інструкція.txt", "cp1251"),
        ("Бібліятэка 🎉.txt", "utf-8"),
        ("Größe.txt", "cp437"),
    ],
)
def test_name_in_an_older_encoding_is_read(name: str, encoding: str) -> None:
    raw = name.encode(encoding)
    placeholder = "x" * (len(raw) - 4) + ".txt"
    content = with_raw_names(make_zip({placeholder: TEXT.encode()}), [(placeholder, raw)])
    assert outcomes(content) == [(name, TEXT)]


def test_names_of_windows_and_absolute_ones_become_paths_inside() -> None:
    content = make_zip({r"guides\a.txt": TEXT.encode(), "/etc/b.txt": TEXT.encode()})
    assert [path for path, _ in outcomes(content)] == ["etc/b.txt", "guides/a.txt"]


def test_two_files_of_one_name_are_both_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library calls it a mistake, and it is one
        archive.writestr("a.txt", "The first one.")
        archive.writestr("a.txt", "The second one.")
    assert outcomes(buffer.getvalue()) == [
        ("a.txt", "The first one."),
        ("a.txt", "The second one."),
    ]


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(st.dictionaries(NAMES, st.binary(max_size=40), max_size=5))
def test_any_archive_gives_files_or_one_reason(files: dict[str, bytes]) -> None:
    content = make_zip({f"{name}.txt": content for name, content in files.items()})
    try:
        results = read_archive(content, "a.zip")
    except ReadingError:
        return
    assert results
    for path, result in results:
        assert PurePosixPath(path).suffix.lower() in SUFFIXES
        assert isinstance(result, RawDocument | ReadingError)


@given(st.integers(0, 2**32))
def test_damage_anywhere_raises_nothing_but_the_reason(seed: int) -> None:
    content = bytearray(make_zip({"a.txt": TEXT.encode() * 3, "b/c.md": TEXT.encode()}))
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    for _ in range(3):
        content[chance.randrange(len(content))] = chance.randrange(256)
    try:
        results = read_archive(bytes(content), "a.zip")
    except ReadingError:
        return
    assert all(isinstance(result, RawDocument | ReadingError) for _, result in results)
