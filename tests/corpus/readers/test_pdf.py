from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from corpus.errors import ReadingError
from corpus.readers.pdf import read
from tests.support.documents import make_encrypted_pdf, make_pdf, make_scanned_pdf

BODY = (
    "Учора ў горадзе адкрылася новая школа, у якой будуць вучыцца дзе-",
    "ці з дванаццаці краін. Будынак быў фабрыкай, пакуль горад не",
    "купіў яго.",
)
PARAGRAPH = (
    "Учора ў горадзе адкрылася новая школа, у якой будуць вучыцца дзеці з дванаццаці краін. "
    "Будынак быў фабрыкай, пакуль горад не купіў яго."
)


def test_lines_become_paragraphs_and_large_ones_headings() -> None:
    content = make_pdf([["# Новая школа", *BODY, "", "Другі абзац: karta pobytu, żółć, ąė."]])
    assert read(content, "a.pdf").text.split("\n\n") == [
        "# Новая школа",
        PARAGRAPH,
        "Другі абзац: karta pobytu, żółć, ąė.",
    ]


def test_short_line_that_ends_a_sentence_ends_its_paragraph() -> None:
    content = make_pdf([[*BODY, *BODY]])
    assert read(content, "a.pdf").text == f"{PARAGRAPH}\n\n{PARAGRAPH}"


def test_items_of_a_list_stand_together() -> None:
    content = make_pdf([[*BODY, "• Пашпарт", "• Анкета", "1. Першы", "2. Другі"]])
    assert read(content, "a.pdf").text == (
        f"{PARAGRAPH}\n\n- Пашпарт\n- Анкета\n1. Першы\n2. Другі"
    )


def test_paragraph_goes_on_over_a_page() -> None:
    content = make_pdf([BODY[:2], [BODY[2], "", "Другі абзац."]])
    assert read(content, "a.pdf").text == f"{PARAGRAPH}\n\nДругі абзац."


def test_page_numbers_and_running_headers_are_left_out() -> None:
    days = ("панядзелак", "аўторак", "сераду", "чацвер")
    pages = [
        ["Веснік горада", "", f"Навіна пра {day}.", "", f"Старонка {number} з 4"]
        for number, day in enumerate(days, start=7)
    ]
    pages[0][-1] = "7"
    assert read(make_pdf(pages), "a.pdf").text.split("\n\n") == [
        f"Навіна пра {day}." for day in days
    ]


def test_number_that_is_no_page_number_stays() -> None:
    assert read(make_pdf([["Год:", "2025"]]), "a.pdf").text == "Год: 2025"


def test_pages_that_are_all_alike_are_not_lost() -> None:
    assert "Тое самае." in read(make_pdf([["Тое самае."]] * 4), "a.pdf").text


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("Новая школа", "Новая школа"),
        ("  Два \n словы 🎉", "Два словы 🎉"),
        ("Microsoft Word - x.docx", None),
        ("report_final.indd", None),
        ("Untitled", None),
        ("", None),
        (None, None),
    ],
)
def test_title_is_taken_from_the_metadata_unless_a_program_wrote_it(
    declared: str | None, title: str | None
) -> None:
    assert read(make_pdf([["Тэкст."]], title=declared), "a.pdf").title == title


@pytest.mark.parametrize(
    ("declared", "day"), [("20250911", date(2025, 9, 11)), ("20251399", None), (None, None)]
)
def test_date_is_taken_from_the_metadata(declared: str | None, day: date | None) -> None:
    assert read(make_pdf([["Тэкст."]], created=declared), "a.pdf").published == day


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (make_scanned_pdf(), "has no text layer (a scan); run OCR on it first"),
        (make_encrypted_pdf(), "is protected by a password; save it without one"),
        (b"%PDF-1.7 broken", "is not a readable PDF; open it in a PDF viewer and save it again"),
        (b"words", "is not a readable PDF; open it in a PDF viewer and save it again"),
    ],
)
def test_pdf_without_readable_text_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read(content, "a.pdf")
    assert refused.value.reason == reason


def test_pdfs_are_read_from_several_threads() -> None:
    contents = [make_pdf([[f"Дакумент {number}."]] * 3) for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        texts = [raw.text for raw in threads.map(lambda content: read(content, "a"), contents)]
    assert [text.split("\n\n")[0] for text in texts] == [f"Дакумент {n}." for n in range(24)]
