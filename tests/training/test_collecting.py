from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from training import readers
from training.collect import clean, groups, passages
from training.sampling import Sampler

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("message", "language", "text"),
    [
        ("_Open the file", "en", "Open the file"),
        ("Адкрыць &файл", "be", "Адкрыць файл"),
        ("Atverti failą %s dabar", "lt", "Atverti failą dabar"),
        ("<b>Plik</b> nie istnieje", "pl", "Plik nie istnieje"),
        ("verb\x04Open it now", "en", "Open it now"),
        ("%s %s %s files", "en", ""),
        ("Open the file", "be", ""),
        ("Открыть файл", "de", ""),
        ("See https://example.org", "en", ""),
        ("😀", "en", ""),
        ("", "en", ""),
        ("слова " * 400, "ru", ""),
    ],
)
def test_message_is_cleaned_as_a_person_would_write_it(
    message: str, language: str, text: str
) -> None:
    assert clean(message, language) == text


@given(st.text(), st.sampled_from(["be", "en"]))
def test_cleaned_message_has_no_markup_and_single_spaces(message: str, language: str) -> None:
    cleaned = clean(message, language)
    assert cleaned == " ".join(cleaned.split())
    assert not set("<>{}|=") & set(cleaned)


def test_texts_of_one_key_are_a_group_and_untranslated_ones_are_left_out() -> None:
    texts = [
        ("a", "en", "Open the file"),
        ("a", "be", "Адкрыць файл"),
        ("a", "de", "open the file"),
        ("b", "en", "Nobody translated this"),
    ]
    assert list(groups(iter(texts))) == [{"en": "Open the file", "be": "Адкрыць файл"}]


def test_catalogue_is_read_with_its_english(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "be" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="be")
    catalogue.add("Open the file", "Адкрыць файл")
    with (folder / "program.mo").open("wb") as file:
        write_mo(file, catalogue)
    assert [(language, text) for _, language, text in readers.read_catalogues(tmp_path)] == [
        ("en", "Open the file"),
        ("be", "Адкрыць файл"),
    ]


def test_messages_of_json_files_meet_by_their_keys(tmp_path: Path) -> None:
    for language, text in (("en", "Good morning"), ("lt", "Labas rytas")):
        (tmp_path / f"{language}.json").write_text(json.dumps({"greeting": {"day": text}}))
    assert list(groups(readers.read_json(tmp_path))) == [
        {"en": "Good morning", "lt": "Labas rytas"}
    ]


def test_what_stands_below_a_heading_is_its_passage(tmp_path: Path) -> None:
    pages = {
        "C": ("Change the clock", "Open the settings and choose the time zone that you live in."),
        "de": ("Die Uhr stellen", "Öffnen Sie die Einstellungen und wählen Sie Ihre Zeitzone."),
    }
    for language, (heading, text) in pages.items():
        (tmp_path / language).mkdir()
        page = f"<page><title>{heading}</title><p>{text}</p><p>{text}</p></page>"
        (tmp_path / language / "clock.page").write_text(page)
    (found,) = passages(readers.read_guides(tmp_path))
    assert found["query"] == {"en": "Change the clock", "de": "Die Uhr stellen"}
    assert found["passage"]["de"] == f"{pages['de'][1]} {pages['de'][1]}"


def test_languages_of_a_passage_are_in_the_same_order_every_time(tmp_path: Path) -> None:
    # Training draws from them: another order is another course.
    for language in ("pl", "C", "de", "lt"):
        (tmp_path / language).mkdir()
        text = "Open the settings and choose the time zone that you live in, now."
        page = f"<page><title>Clock {language}</title><p>{text} {language}</p></page>"
        (tmp_path / language / "clock.page").write_text(page)

    (found,) = passages(readers.read_guides(tmp_path))

    assert list(found["query"]) == list(found["passage"]) == sorted(found["query"])
    assert len(found["query"]) == 4


def test_languages_of_a_guide_meet_though_each_has_a_package_of_its_own(tmp_path: Path) -> None:
    for package, language, text in (
        ("help-en-us", "en-US", "Choose the time zone"),
        ("help-de", "de", "Wählen Sie die Zeitzone"),
    ):
        folder = tmp_path / package / "usr" / "share" / "help" / language / "text"
        folder.mkdir(parents=True)
        (folder / "clock.html").write_text(f"<html><body><p>{text}</p></body></html>")
    assert list(groups(readers.read_guides(tmp_path))) == [
        {"en": "Choose the time zone", "de": "Wählen Sie die Zeitzone"}
    ]


def test_page_with_another_number_of_paragraphs_is_left_out(tmp_path: Path) -> None:
    for language, paragraphs in (("C", 2), ("de", 3)):
        (tmp_path / language).mkdir()
        page = f"<page><title>Clock and time</title>{'<p>Text of it</p>' * paragraphs}</page>"
        (tmp_path / language / "clock.page").write_text(page)
    assert {language for _, language, _ in readers.read_guides(tmp_path)} == {"en"}


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    languages = ("be", "ru", "uk", "pl", "lt", "de", "en")
    with (tmp_path / "groups.jsonl").open("w") as file:
        for number in range(300):
            texts = {
                language: f"{language} text that has the number {number}" for language in languages
            }
            file.write(json.dumps({"source": "made", "texts": texts}) + "\n")
    with (tmp_path / "passages.jsonl").open("w") as file:
        for number in range(300):
            record = {
                "query": {language: f"{language} heading {number}" for language in languages},
                "passage": {language: f"{language} passage {number}" for language in languages},
            }
            file.write(json.dumps(record) + "\n")
    return tmp_path


def test_same_seed_draws_the_same_pairs(collected: Path) -> None:
    assert Sampler(collected, 7).draw(50) == Sampler(collected, 7).draw(50)


def test_every_text_has_one_of_the_prompts(collected: Path) -> None:
    for pair in Sampler(collected, 1).draw(200):
        assert pair.query.startswith(("query: ", "passage: "))
        assert pair.passage.startswith(("query: ", "passage: "))


def test_teacher_reads_a_language_that_it_knows_well(collected: Path) -> None:
    pairs = Sampler(collected, 1).draw(200)
    assert {pair.query_pivot[0] for pair in pairs} <= {"en", "ru", "de"}
    assert {pair.passage_pivot[0] for pair in pairs} <= {"en", "ru", "de"}


def test_saying_is_read_without_who_said_it(tmp_path: Path) -> None:
    folder = tmp_path / "fortunes" / "ru"
    folder.mkdir(parents=True)
    (folder / "happy").write_text("Счастье - это шар,\nкоторый катится.\n\t-- Некто\n%\nДругое.\n")
    assert list(readers.read_sayings(tmp_path)) == [
        "Счастье - это шар, который катится.",
        "Другое.",
    ]
