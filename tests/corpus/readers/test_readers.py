from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.readers import MAX_BYTES, SUFFIXES, read_bytes, read_file
from tests.support.documents import make_docx, make_pdf

if TYPE_CHECKING:
    from pathlib import Path

HTML = b"<html><body><article><p>One sentence is here.</p></article></body></html>"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", b"**One** sentence is here."),
        ("a.MARKDOWN", b"**One** sentence is here."),
        ("a.txt", b"One sentence is here."),
        ("a.text", b"One sentence is here."),
        ("a.html", HTML),
        ("a.Htm", HTML),
        ("a.xhtml", HTML),
        ("a.pdf", make_pdf([["One sentence is here."]])),
        ("a.docx", make_docx(["One sentence is here."])),
    ],
)
def test_file_is_read_by_its_ending(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert read_file(path).text == "One sentence is here."
    assert path.suffix.lower() in SUFFIXES


@pytest.mark.parametrize(
    ("name", "media_type", "text"),
    [
        ("a.txt", None, "**One**"),
        ("a.md", "text/plain; charset=utf-8", "One"),
        ("a", "text/plain", "**One**"),
        ("https://x.example/", "text/markdown", "One"),
        ("https://x.example/a.md?b=c.txt#d", None, "One"),
        ("https://x.example/a.txt", "text/markdown", "One"),
        ("a.txt", "application/octet-stream", "**One**"),
    ],
)
def test_media_type_decides_where_it_knows_better(
    name: str, media_type: str | None, text: str
) -> None:
    assert read_bytes(b"**One**", name, media_type=media_type).text == text


def test_charset_of_the_media_type_is_used_where_it_is_true() -> None:
    content = "Вітаем".encode("koi8_u")
    raw = read_bytes(content, "a", media_type="text/plain; charset=KOI8-U")
    assert (raw.text, raw.notes) == ("Вітаем", ())
    wrong = read_bytes("Вітаем".encode(), "a", media_type="text/plain; charset=koi8-u")
    assert wrong.text == "Вітаем"


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as refused:
        read_file(tmp_path / "a.txt")
    assert refused.value.reason == "is not there: check the path"
    assert refused.value.source == str(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["folder.txt", "folder"])
def test_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(ReadingError, match="is a folder, not a file"):
        read_file(tmp_path / name)


@pytest.mark.parametrize(("name", "what"), [("a.exe", "that end in .exe"),
                                            ("a", "without an ending"),
                                            (".txt", "without an ending")])  # fmt: skip
def test_other_format_is_refused_with_those_that_are_read(
    tmp_path: Path, name: str, what: str
) -> None:
    (tmp_path / name).write_bytes(b"a")
    with pytest.raises(ReadingError, match=f"files {what} are not read; these are: .docx, "):
        read_file(tmp_path / name)


def test_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    with pytest.raises(ReadingError) as refused:
        read_file(path)
    assert refused.value.reason == (
        "is too large (50 MB; at most 20 MB are read); split it into smaller files"
    )


def test_largest_file_is_read() -> None:
    line = "Слова і яшчэ слова.\n".encode()
    content = line * (MAX_BYTES // len(line))
    assert read_bytes(content, "a.txt").text.count("Слова") == MAX_BYTES // len(line)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_empty_file_is_refused(suffix: str) -> None:
    with pytest.raises(ReadingError, match="is empty"):
        read_bytes(b"", f"a{suffix}")


@pytest.mark.parametrize("content", [b"*", b"---\ntitle: a\n---\n", b"![a](b.png)", b"<!-- a -->"])
def test_markdown_without_words_is_refused(content: bytes) -> None:
    with pytest.raises(ReadingError, match="holds no text: there is nothing to add"):
        read_bytes(content, "a.md")


@pytest.mark.parametrize(
    "content",
    [
        b"<div>" * 5000 + b"deep",
        b"[" * 20_000,
        b"---\na: " + b"[" * 20_000 + b"\n---\n",
        b">" * 5000 + b"deep",
    ],
)
@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_hostile_nesting_ends_in_text_or_in_one_clear_line(content: bytes, suffix: str) -> None:
    try:
        read_bytes(content, f"a{suffix}")
    except ReadingError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - both ends are right


@given(st.binary(max_size=300), st.sampled_from(sorted(SUFFIXES)))
def test_any_bytes_end_in_text_or_in_one_clear_line(content: bytes, suffix: str) -> None:
    try:
        raw = read_bytes(content, f"a{suffix}")
    except ReadingError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - both ends are right
    else:
        assert raw.text.strip()
