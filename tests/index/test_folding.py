from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.transliteration import belarusian_to_latin
from index.folding import fold, grams


@pytest.mark.parametrize(
    ("words", "folded"),
    [
        ("Лукашэнка Łukašenka", "lukasenka"),
        ("Лукашенко Lukashenko", "lukasenko"),
        ("Ціханоўская Tsikhanouskaya Cichanoŭskaja", "cihanouska"),
        ("пашпарт pašpart PAŠPART paspart", "paspart"),
        ("paszport паспорт passport", None),
        ("Гродна Hrodna Grodna", "hrodna"),
        ("сям'я сям’я siamja siam'ja", "sama"),
        ("дзень dzień", "den"),
        ("день dzien", "den"),
        ("Зянон Zianon", "zanon"),
        ("шчасце ščascie szczascie", "scasce"),
        ("жыццё žyccio", "zicce"),
        ("Жук žuk Zhuk żuk", "zuk"),
        ("за́мак замак", "zamak"),
    ],
)
def test_one_word_has_one_skeleton_in_every_script(words: str, folded: str | None) -> None:
    skeletons = set(fold(words))
    if folded is None:
        assert skeletons == {"pasport", "passport"}
    else:
        assert skeletons == {folded}


def test_words_keep_their_order_and_signs_are_no_words() -> None:
    assert fold("Карта, побыту — 420 zł! 🙂") == ["karta", "pobitu", "420", "zl"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("UPL-1", ["upl", "1"]),
        ("15 000", ["15000"]),
        ("15\u00a0000 zł", ["15000", "zl"]),
        ("1 234 567", ["1234567"]),
        ("2026 100", ["2026", "100"]),
        ("15 0000", ["15", "0000"]),
        ("EL/ZC/1", ["el", "zc", "1"]),
    ],
)
def test_numbers_and_codes_are_kept(text: str, folded: list[str]) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["", " \n", "🙂🇧🇾", "—?!"])
def test_a_text_without_words_has_no_grams(text: str) -> None:
    assert fold(text) == []
    assert grams(text) == []


def test_grams_mark_beginnings_and_ends_and_hold_the_whole_word() -> None:
    assert grams("Дома") == ["_dom", "doma", "oma_", "_doma_"]


def test_a_word_no_longer_than_a_gram_is_given_once() -> None:
    assert grams("и да") == ["_i_", "_da_"]


@pytest.mark.parametrize(
    ("names", "skeleton"),
    [
        ("Ціханоўская Тихановская Tsikhanouskaya Tichanowskaja Cichanoŭskaja", "=shnvsk"),
        ("Маладзечна Молодечно Mołodeczno Maladzyechna Maładziečna", "=mldsn"),
        ("Сабаленка Соболенко Sabalenka", "=sblnk"),
        ("Міцкевіч Mickiewicz Mizkewitsch Mickevičius", "=mskvs"),
        ("Лукашэнка Lukaschenko Łukaszenka Lukašenka", "=lksnk"),
        ("Чульцова Tschulzowa Chultsova Čulcova", "=slsv"),
    ],
)
def test_a_name_has_one_skeleton_in_every_language(names: str, skeleton: str) -> None:
    for name in names.split():
        assert skeleton in grams(name), name


def test_a_skeleton_is_given_with_its_beginning() -> None:
    assert grams("Пратасевіч")[-2:] == ["=prtsvs", "~prts"]


def test_only_words_with_a_capital_letter_have_skeletons() -> None:
    found = grams("дзе жыве цяпер Пратасевіч, PESEL")
    assert [gram for gram in found if gram[0] in "=~"] == ["=prtsvs", "~prts"]


def test_a_name_typed_without_capitals_has_its_skeleton() -> None:
    assert "=prtsvs" in grams("раман пратасевіч")
    assert "=prtsvs" not in grams("дзе цяпер жыве пратасевіч")


@pytest.mark.parametrize("text", ["Я", "Кот", "15", "Ab1cd", "🙂", "Ёю"])
def test_what_has_few_consonants_or_digits_has_no_skeleton(text: str) -> None:
    assert not [gram for gram in grams(text) if gram[0] in "=~"]


def test_the_length_of_a_gram_can_be_chosen() -> None:
    assert grams("дом", n=3) == ["_do", "dom", "om_", "_dom_"]


def test_inflected_forms_share_grams() -> None:
    assert len(set(grams("пашпарта")) & set(grams("pašpartam"))) >= 4


def test_right_to_left_and_other_scripts_give_grams() -> None:
    assert grams("שלום")
    assert grams("你好")


def test_decomposed_letters_make_no_difference() -> None:
    text = "Ціханоўская й ё Łódź"
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(st.text())
def test_skeletons_are_plain_latin_letters_and_digits(text: str) -> None:
    for word in fold(text):
        assert word.isascii()
        assert word.isalnum()
        assert word == word.lower()


@given(st.text(), st.integers(min_value=1, max_value=6))
def test_a_texts_grams_are_those_of_its_words(text: str, n: int) -> None:
    words = fold(text)
    found = [gram for gram in grams(text, n) if gram[0] not in "=~"]
    assert [gram for word in words for gram in grams_of_a_word(word, n)] == found


def grams_of_a_word(word: str, n: int) -> list[str]:
    word = f"_{word}_"
    if len(word) <= n:
        return [word]
    return [word[start : start + n] for start in range(len(word) - n + 1)] + [word]


@given(st.text(alphabet="абвгдзіклмнопрстуўфхцчшыя ", max_size=40))
def test_letter_case_makes_no_difference(text: str) -> None:
    assert fold(text.upper()) == fold(text)


@pytest.mark.parametrize(
    "word", ["Кастрычніцкая", "надвор'е", "вуліца", "здароўе", "чарга", "жанчына"]
)
def test_belarusian_folds_alike_in_both_scripts(word: str) -> None:
    assert fold(belarusian_to_latin(word)) == fold(word)
