from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.transliteration import (
    belarusian_query_to_cyrillic,
    belarusian_to_cyrillic,
    belarusian_to_lacinka,
    belarusian_to_latin,
)
from tests.support.spellings import as_in_a_passport, with_polish_letters, without_diacritics

if TYPE_CHECKING:
    from collections.abc import Callable
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


@pytest.mark.parametrize(
    ("typed", "lacinka"),
    [
        ("jak atrymac pasviedcannie", "jak atrymać pasviedčannie"),
        ("mozna cakac i zautra", "možna čakać i zaŭtra"),
        ("yak zrabits shto", "jak zrabić što"),
        ("kudy yana khadzila uchora", "kudy jana chadziła ŭčora"),
        ("dze kupits kvitok", "dzie kupić kvitok"),
        ("czamu wy nie pryjszli", "čamu vy nie pryjšli"),
        ("YAK ZRABITS", "JAK ZRABIĆ"),
        ("", ""),
        ("🙂 15 000", "🙂 15 000"),
    ],
)
def test_other_spellings_become_lacinka(typed: str, lacinka: str) -> None:
    assert belarusian_to_lacinka(typed) == lacinka


@pytest.mark.parametrize("text", ["sto hadoŭ", "čas", "kascioł", "dzień"])
def test_nothing_is_guessed_where_lacinka_is_typed(text: str) -> None:
    assert belarusian_to_lacinka(text) == text


@given(st.text())
def test_any_text_becomes_lacinka_once(text: str) -> None:
    belarusian_to_lacinka(text)


@pytest.mark.parametrize(
    ("query", "cyrillic"),
    [
        ("jak zrabić PESEL", "як зрабіць PESEL"),
        ("dzie ŭ mObywatel šukać numar wniosku", "дзе ў mObywatel шукаць нумар wniosku"),
        ("pustuju VAT-UE treba słać?", "пустую VAT-UE трэба слаць?"),
        ("što na https://zus.pl/abc, kali PIT-37", "што на https://zus.pl/abc, калі PIT-37"),
        ("shto rabits z e2 na skarbówka", "што рабіць з e2 на skarbówka"),
        ("JAK ZRABIĆ PESEL", "ЯК ЗРАБІЦЬ ПЭСЭЛЬ"),
        ("\ue000", "\ue000"),
        ("", ""),
    ],
)
def test_foreign_words_of_a_query_stay(query: str, cyrillic: str) -> None:
    assert belarusian_query_to_cyrillic(query) == cyrillic


@given(st.text(alphabet=st.sampled_from("abcijłčšżwz PESEL1@.:/\ue000🙂 "), max_size=4096))
def test_a_query_keeps_its_white_space_and_signs(query: str) -> None:
    signs = "[^@.:/\ue000🙂 ]"
    converted = belarusian_query_to_cyrillic(query)
    assert re.sub(signs, "", converted) == re.sub(signs, "", query)


@given(st.text() | st.text(alphabet="абвгдеёжзійклмнопрстуўфцчшыьэюя' "))
def test_latin_holds_no_belarusian_cyrillic_letter(text: str) -> None:
    assert not re.search(r"[а-яёіў]", belarusian_to_latin(text), re.IGNORECASE)


@given(st.text(alphabet="abcčćdefghijklłmnńoprsśštuŭvyzźž' "))
def test_cyrillic_holds_no_latin_letter(text: str) -> None:
    assert not re.search(r"[a-z]", belarusian_to_cyrillic(text))


def read_sentences(shared: Path) -> list[str]:
    lines = (shared / "eval/tatoeba/bel-eng.bel").read_text(encoding="utf-8").splitlines()
    lines = [re.sub("[’ʼ]", "'", line) for line in lines]
    return [line for line in lines if not re.search("[a-zищъ]", line, re.IGNORECASE)]


def test_nearly_every_sentence_in_lacinka_comes_back_to_the_letter(shared: Path) -> None:
    lines = read_sentences(shared)
    same = [belarusian_to_cyrillic(belarusian_to_latin(line)) == line for line in lines]
    marked = [
        right
        for line, right in zip(lines, same, strict=True)
        if re.search("[čšžŭćśźńł]", belarusian_to_latin(line), re.IGNORECASE)
    ]
    assert len(lines) > 450
    assert sum(marked) / len(marked) > 0.99
    assert sum(same) / len(same) > 0.96


@pytest.mark.parametrize(
    ("written", "least"),
    [(without_diacritics, 0.9), (as_in_a_passport, 0.88), (with_polish_letters, 0.92)],
)
def test_most_words_come_back_from_other_spellings(
    written: Callable[[str], str], least: float, shared: Path
) -> None:
    right = words = 0
    for line in read_sentences(shared):
        original = re.findall(r"[\w']+", line.lower())
        back = re.findall(r"[\w']+", belarusian_to_cyrillic(written(line)).lower())
        words += len(original)
        if len(original) == len(back):
            right += sum(map(str.__eq__, original, back))
    assert right / words >= least
