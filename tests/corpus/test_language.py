from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import detect_language
from corpus.models import LANGUAGES, DetectedLanguage
from corpus.transliteration import belarusian_to_latin

if TYPE_CHECKING:
    from pathlib import Path


def strip_diacritics(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("ł", "l").replace("Ł", "L"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def read_sentences(shared: Path, pair: str, language: str) -> list[str]:
    path = shared / "eval/tatoeba" / f"{pair}-eng.{language}"
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("text", "language", "script"),
    [
        ("Дзе атрымаць новы пашпарт?", "be", "Cyrl"),
        ("где мне получить новый паспорт", "ru", "Cyrl"),
        ("де отримати новий паспорт", "uk", "Cyrl"),
        ("gdzie mogę odebrać nowy paszport", "pl", "Latn"),
        ("kur gauti naują pasą", "lt", "Latn"),
        ("where do I get a new passport", "en", "Latn"),
        ("wo bekomme ich einen neuen Pass", "de", "Latn"),
    ],
)
def test_each_language_is_told(text: str, language: str, script: str) -> None:
    detected = detect_language(text)
    assert (detected.language, detected.script) == (language, script)


@pytest.mark.parametrize(
    "text",
    [
        "Jak zrabić pesel biez mieldunku",
        "jak zrabic piesel",
        "dzie atrymac pašpart",
        "chto vyzvaleny",
        "kolki časou čakać na kartu, kali zajavu padali praz internet",
        "dzie ŭ mObywatel šukać numar wniosku na pasvedčannie",
        "shto rabic kali skonchyusia paspart",
        "kab atrymac kartu pobytu",
        "Ty nie viedaješ, dzie jon žyvie?",
        "Łukašenka",
    ],
)
def test_lacinka_is_belarusian_in_latin_script(text: str) -> None:
    detected = detect_language(text)
    assert (detected.language, detected.script) == ("be", "Latn")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("jak zrobic pesel bez meldunku", "pl"),
        ("ile kosztuje karta pobytu", "pl"),
        ("ile kosztuje pelnomocnictwo w sprawie pobytu, jak robi to zona", "pl"),
        ("Ile osób zwolniono?", "pl"),
        ("kaip gauti leidima gyventi", "lt"),
        ("kur rasti savo zus sąskaitos numerį", "lt"),
        ("Kas atsisakė išvykti iš Baltarusijos?", "lt"),
        ("where do i ask the urząd a question if nobody picks up the phone", "en"),
        ("What parts of the sanctions were lifted?", "en"),
        ("Was ist ein PESEL und wo bekomme ich ihn?", "de"),
    ],
)
def test_other_languages_in_latin_script_are_not_taken_for_belarusian(
    text: str, language: str
) -> None:
    assert detect_language(text).language == language


def test_belarusian_typed_on_a_russian_keyboard_is_belarusian() -> None:
    assert detect_language("прывитанне, як атрымаць пашпарт у польшчы").language == "be"


def test_names_in_the_other_script_do_not_decide() -> None:
    detected = detect_language("infakt не отправляет vat ue, налоговая отвечает negatywna")
    assert (detected.language, detected.script) == ("ru", "Cyrl")


@pytest.mark.parametrize("text", ["", " \n", "15 000", "🙂🇧🇾", "— ?!", "שלום", "你好"])
def test_a_text_without_our_letters_is_english_without_confidence(text: str) -> None:
    assert detect_language(text) == DetectedLanguage("en", "Latn", 0.0)


def test_a_word_that_many_languages_share_gets_little_confidence() -> None:
    sentence = detect_language("Gdzie mogę odebrać nowy paszport dla dziecka?")
    assert detect_language("pesel").confidence < 0.6 < sentence.confidence


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    beginning = "Дзе атрымаць новы пашпарт? " * 150
    assert detect_language(beginning + "where to get it " * 10_000) == detect_language(beginning)


def test_decomposed_letters_make_no_difference() -> None:
    text = "kolki kaštuje pierakład dakumientaŭ"
    assert detect_language(unicodedata.normalize("NFD", text)) == detect_language(text)


@given(st.text())
def test_every_text_gets_a_served_language_and_a_probability(text: str) -> None:
    detected = detect_language(text)
    assert detected.language in LANGUAGES
    assert 0 <= detected.confidence <= 1


@pytest.mark.parametrize(
    ("pair", "language", "least"),
    [
        ("bel", "be", 0.99),
        ("rus", "ru", 0.97),
        ("ukr", "uk", 0.97),
        ("pol", "pl", 0.99),
        ("lit", "lt", 0.99),
        ("deu", "de", 0.99),
    ],
)
def test_short_sentences_are_told(shared: Path, pair: str, language: str, least: float) -> None:
    sentences = read_sentences(shared, pair, pair)
    right = sum(detect_language(sentence).language == language for sentence in sentences)
    assert right / len(sentences) >= least


def test_short_sentences_in_lacinka_are_told(shared: Path) -> None:
    sentences = [belarusian_to_latin(line) for line in read_sentences(shared, "bel", "bel")]
    plain = [strip_diacritics(sentence) for sentence in sentences]
    assert sum(detect_language(text).language == "be" for text in sentences) >= 0.94 * 500
    assert sum(detect_language(text).language == "be" for text in plain) >= 0.9 * 500


@pytest.mark.parametrize("pair", ["pol", "lit", "deu"])
def test_sentences_without_diacritics_are_not_taken_for_belarusian(shared: Path, pair: str) -> None:
    sentences = [strip_diacritics(line) for line in read_sentences(shared, pair, pair)]
    wrong = [text for text in sentences if detect_language(text).language == "be"]
    assert len(wrong) <= 0.012 * len(sentences)


def test_questions_and_documents_of_the_guide_are_told(shared: Path) -> None:
    lines = (shared / "eval/guide/questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    wrong = [
        question["question"]
        for question in questions
        if detect_language(question["question"]).language != question["lang"].removesuffix("-latn")
    ]
    assert len(wrong) <= 1
    for path in sorted((shared / "eval/guide/docs").glob("*.md")):
        language = "en" if path.name.endswith(".en.md") else "ru"
        assert detect_language(path.read_text(encoding="utf-8")).language == language, path.name
