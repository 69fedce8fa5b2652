from __future__ import annotations

from datetime import date

import pytest

from corpus.errors import ReadingError
from corpus.readers.docx import read
from tests.support.documents import make_docx, make_pdf, make_zip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BROKEN = "is not a readable DOCX; open it in a word processor and save it as .docx again"


def test_headings_lists_and_tables_are_kept() -> None:
    blocks = ["# Тытул", "Абзац <1> & 🎉.", "## Раздзел", "- a", "- b", "1. x", "1. y",
              "Год | Лік\n2024 | 10", "Канец."]  # fmt: skip
    assert read(make_docx(blocks), "a.docx").text.split("\n\n") == [
        "# Тытул",
        "Абзац <1> & 🎉.",
        "## Раздзел",
        "- a\n- b",
        "1. x\n2. y",
        "Год | Лік\n2024 | 10",
        "Канец.",
    ]


def test_core_properties_are_taken() -> None:
    raw = read(
        make_docx(["a"], title=" Новая\nшкола", created="2025-09-11T10:00:00Z", language="be-BY"),
        "a.docx",
    )
    assert (raw.title, raw.published, raw.language) == ("Новая школа", date(2025, 9, 11), "be")


def test_core_properties_may_be_missing() -> None:
    raw = read(make_docx(["a"]), "a.docx")
    assert (raw.title, raw.published, raw.language) == (None, None, None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 broken", BROKEN),
        (make_docx(["a"])[:-100], BROKEN),
        (make_zip({"other.txt": b"a"}), BROKEN),
        (make_zip({"word/document.xml": b"<broken"}), BROKEN),
        (make_pdf([["a"]]), BROKEN),
        (b"words", BROKEN),
        (OLE + bytes(600), "is an old Word document (.doc) under another name; save it as .docx"),
        (
            OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password; save it without one",
        ),
        (make_docx([]), "holds no text (only pictures?); nothing can be quoted from it"),
        (
            make_zip({"word/document.xml": bytes(301 * 1024 * 1024)}),
            "unpacks to over 300 MB; split it into smaller files",
        ),
    ],
)
def test_document_that_cannot_be_read_is_refused_with_its_reason(
    content: bytes, reason: str
) -> None:
    with pytest.raises(ReadingError) as refused:
        read(content, "a.docx")
    assert refused.value.reason == reason
