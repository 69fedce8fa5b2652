from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.messages import FALLBACK, SURE, Messages, choose_language
from corpus.models import LANGUAGES, DetectedLanguage, Language
from corpus.transliteration import belarusian_to_latin

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

BOT = Path(bot.__file__).parent
LETTERS: dict[Language, str] = {
    "be": "ўі",
    "ru": "ыё",
    "uk": "їє",
    "pl": "łż",
    "lt": "ėų",
    "en": "th",
    "de": "äü",
}


def catalogue(language: Language) -> Catalog:
    with (BOT / "locales" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def translated(language: Language) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(texts: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts or [])


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_is_a_catalogue_for_each_language_and_no_other() -> None:
    found = {path.stem for path in (BOT / "locales").glob("*.po")}
    assert found == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_has_every_message_of_the_code_and_no_other(language: Language) -> None:
    used = {
        message if isinstance(message, str) else tuple(message)
        for _, _, message, _, _ in extract_from_dir(BOT)
    }
    assert {message.id for message in translated(language)} == used


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_is_complete(language: Language) -> None:
    unfinished = [
        message.id
        for message in translated(language)
        if message.fuzzy or not all(forms(message.string) or [""])
    ]
    assert unfinished == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_placeholders_of_their_originals(language: Language) -> None:
    for message in translated(language):
        for text in forms(message.string):
            assert placeholders(text) == placeholders(forms(message.id)[0]), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: Language) -> None:
    loaded = catalogue(language)
    rule = get_plural(language)
    assert (loaded.num_plurals, loaded.plural_expr) == (rule.num_plurals, rule.plural_expr)
    header = (BOT / "locales" / f"{language}.po").read_text(encoding="utf-8")
    assert f"nplurals={rule.num_plurals}" in header
    for message in translated(language):
        if message.pluralizable:
            assert len(forms(message.string)) == rule.num_plurals


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_is_written_in_its_language(language: Language) -> None:
    texts = " ".join(text for message in translated(language) for text in forms(message.string))
    assert all(letter in texts for letter in LETTERS[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_no_stray_white_space(language: Language) -> None:
    for message in translated(language):
        for text in forms(message.string):
            assert text == " ".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_the_same_in_every_language(language: Language) -> None:
    for message in translated(language):
        for text in forms(message.string):
            assert re.findall(r"/\w+", text) == re.findall(r"/\w+", forms(message.id)[0])


@pytest.mark.parametrize(
    ("language", "count", "ending"),
    [
        ("be", 1, "сімвал."),
        ("be", 3, "сімвалы."),
        ("be", 1000, "сімвалаў."),
        ("ru", 21, "символ."),
        ("ru", 1002, "символа."),
        ("uk", 12, "символів."),
        ("pl", 1, "znaku."),
        ("pl", 22, "znakach."),
        ("lt", 21, "ženklą."),
        ("lt", 9, "ženklus."),
        ("lt", 1000, "ženklų."),
        ("en", 1, "character."),
        ("de", 1000, "Zeichen."),
    ],
)
def test_plurals_follow_the_number(language: Language, count: int, ending: str) -> None:
    text = (
        Messages()
        .for_language(language)
        .ngettext(
            "Your question is too long. Please keep it within {limit} character.",
            "Your question is too long. Please keep it within {limit} characters.",
            count,
        )
    )
    assert text.endswith(ending)


def test_belarusian_in_latin_script_says_the_same() -> None:
    cyrillic, latin = Messages().for_voice("be"), Messages().for_voice("be-Latn")
    for message in translated("be"):
        original = forms(message.id)[0]
        for count in (1, 2, 5) if message.pluralizable else (1,):
            said = cyrillic.ngettext(original, forms(message.id)[-1], count)
            written = latin.ngettext(original, forms(message.id)[-1], count)
            if not message.pluralizable:
                said, written = cyrillic.gettext(original), latin.gettext(original)
            assert not re.search("[\u0400-\u04ff]", written)
            assert written == belarusian_to_latin(said)
            assert placeholders(written) == placeholders(said)
            for kept in re.findall(r"[/@][a-z]+|https?://\S+", said):
                assert kept in written


def test_each_language_speaks_its_own_words() -> None:
    messages = Messages()
    spoken = {messages.for_language(language).gettext("in Polish") for language in LANGUAGES}
    assert len(spoken) == len(LANGUAGES)
    assert "па-польску" in spoken


@pytest.mark.parametrize(
    ("detected", "code", "chosen"),
    [
        (DetectedLanguage("pl", "Latn", SURE), "en", "pl"),
        (DetectedLanguage("pl", "Latn", SURE - 0.01), "en", "en"),
        (DetectedLanguage("pl", "Latn", 0.1), "fr", FALLBACK),
        (None, "uk", "uk"),
        (None, "de-AT", "de"),
        (None, "EN", "en"),
        (None, "", FALLBACK),
        (None, None, FALLBACK),
        (None, "belarusian", FALLBACK),
    ],
)
def test_the_question_decides_on_the_language_where_it_is_sure(
    detected: DetectedLanguage | None, code: str | None, chosen: Language
) -> None:
    assert choose_language(detected, code) == chosen


@given(st.text())
def test_any_language_code_gives_a_language_that_is_served(code: str) -> None:
    assert choose_language(None, code) in LANGUAGES
