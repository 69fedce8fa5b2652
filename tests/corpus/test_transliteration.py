from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.transliteration import belarusian_to_cyrillic, belarusian_to_latin

if TYPE_CHECKING:
    from pathlib import Path

PAIRS = [
    ("пашпарт", "pašpart"),
    ("скарбоўка", "skarboŭka"),
    ("Ціханоўская", "Cichanoŭskaja"),
    ("Лукашэнка", "Łukašenka"),
    ("песня", "piesnia"),
    ("песьня", "pieśnia"),
    ("дзень", "dzień"),
    ("джала", "džała"),
    ("вяселле", "viasielle"),
    ("Львоў", "Lvoŭ"),
    ("любоў", "luboŭ"),
    ("лыжка", "łyžka"),
    ("сям'я", "siamja"),
    ("надвор'е", "nadvorje"),
    ("здароўе", "zdaroŭje"),
    ("бульён", "buljon"),
    ("кліент", "klijent"),
    ("партыі", "partyi"),
    ("Я", "Ja"),
    ("ЁСЦЬ ЛЮДЗІ", "JOSĆ LUDZI"),
    ("Ён 🙂 — 15 000, «так»!", "Jon 🙂 — 15 000, «tak»!"),
    ("", ""),
]


@pytest.mark.parametrize(("cyrillic", "latin"), PAIRS)
def test_latin_is_standard_lacinka(cyrillic: str, latin: str) -> None:
    assert belarusian_to_latin(cyrillic) == latin


@pytest.mark.parametrize(("cyrillic", "latin"), PAIRS)
def test_cyrillic_undoes_latin(cyrillic: str, latin: str) -> None:
    assert belarusian_to_cyrillic(latin) == cyrillic


@pytest.mark.parametrize("apostrophe", "'’ʼ")
def test_any_apostrophe_is_dropped_before_an_iotated_vowel_only(apostrophe: str) -> None:
    assert belarusian_to_latin(f"аб{apostrophe}ява") == "abjava"
    assert belarusian_to_latin(f"{apostrophe}слова{apostrophe}") == f"{apostrophe}słova{apostrophe}"


def test_an_apostrophe_kept_in_latin_is_not_doubled() -> None:
    assert belarusian_to_cyrillic("siam'ja") == "сям'я"


def test_decomposed_letters_are_read() -> None:
    assert belarusian_to_cyrillic(unicodedata.normalize("NFD", "skarboŭka")) == "скарбоўка"


@pytest.mark.parametrize(
    ("typed", "cyrillic"),
    [
        ("zrabic", "зрабіць"),
        ("josc", "ёсць"),
        ("shto", "што"),
        ("szto", "што"),
        ("sto", "што"),
        ("czas", "час"),
        ("byu", "быў"),
        ("pracavau", "працаваў"),
        ("kali", "калі"),
        ("kachannie", "каханне"),
    ],
)
def test_words_typed_without_diacritics_are_guessed(typed: str, cyrillic: str) -> None:
    assert belarusian_to_cyrillic(typed) == cyrillic


def test_nothing_is_guessed_where_diacritics_are_typed() -> None:
    assert belarusian_to_cyrillic("sto hadoŭ") == "сто гадоў"


@given(st.text() | st.text(alphabet="абвгдеёжзійклмнопрстуўфцчшыьэюя' "))
def test_latin_holds_no_belarusian_cyrillic_letter(text: str) -> None:
    assert not re.search(r"[а-яёіў]", belarusian_to_latin(text), re.IGNORECASE)


@given(st.text(alphabet="abcčćdefghijklłmnńoprsśštuŭvyzźž' "))
def test_cyrillic_holds_no_latin_letter(text: str) -> None:
    assert not re.search(r"[a-z]", belarusian_to_cyrillic(text))


def test_nearly_every_sentence_comes_back_to_the_letter(shared: Path) -> None:
    lines = (shared / "eval/tatoeba/bel-eng.bel").read_text(encoding="utf-8").splitlines()
    lines = [
        re.sub("[’ʼ]", "'", line)
        for line in lines
        if not re.search("[a-zищъ]", line, re.IGNORECASE)
    ]
    same = sum(belarusian_to_cyrillic(belarusian_to_latin(line)) == line for line in lines)
    assert len(lines) > 450
    assert same / len(lines) > 0.99
