from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import SURE
from bot.voices import (
    NAMES,
    VOICES,
    Voice,
    choose_voice,
    language_in,
    script_of,
    voice_in,
    write_date,
    write_time,
)
from corpus.language import detect_language
from corpus.models import LANGUAGES, DetectedLanguage

LATIN = DetectedLanguage("be", "Latn", SURE)


@pytest.mark.parametrize(
    ("chosen", "code", "detected", "voice"),
    [
        ("be-Latn", "ru", DetectedLanguage("pl", "Latn", 1.0), "be-Latn"),
        ("de", "ru", None, "de"),
        (None, "ru", LATIN, "be-Latn"),
        (None, "ru", DetectedLanguage("be", "Cyrl", SURE), "be"),
        (None, "ru", DetectedLanguage("lt", "Latn", SURE), "lt"),
        (None, "ru", DetectedLanguage("be", "Latn", SURE - 0.01), "ru"),
        (None, "uk", None, "uk"),
        (None, None, None, "be"),
    ],
)
def test_choice_comes_before_the_question_and_that_before_telegram(
    chosen: Voice | None, code: str | None, detected: DetectedLanguage | None, voice: Voice
) -> None:
    assert choose_voice(chosen, code, detected) == voice


@pytest.mark.parametrize(
    ("question", "voice"),
    [
        ("Jak zapisacca ŭ biblijateku i što tam pačytać?", "be-Latn"),
        ("Jak zapisacca u biblijateku i sto tam pacytac?", "be-Latn"),
        ("Як запісацца ў бібліятэку?", "be"),
        ("Jak zapisać się do biblioteki?", "pl"),
    ],
)
def test_who_asks_in_a_script_is_answered_in_it(question: str, voice: Voice) -> None:
    assert choose_voice(None, "ru", detect_language(question)) == voice


def test_every_language_is_a_voice_and_belarusian_is_two() -> None:
    assert set(VOICES) == {*LANGUAGES, "be-Latn"} == set(NAMES)
    assert [voice for voice in VOICES if language_in(voice) == "be"] == ["be", "be-Latn"]


@pytest.mark.parametrize("voice", VOICES)
def test_a_voice_is_its_language_in_its_script(voice: Voice) -> None:
    assert voice_in(language_in(voice), script_of(voice)) == voice
    assert (NAMES[voice][0] > "\u0400") == (script_of(voice) == "Cyrl")


def test_script_matters_for_belarusian_only() -> None:
    assert voice_in("ru", "Latn") == "ru"


def test_dates_are_in_the_language_and_script() -> None:
    day = date(2026, 5, 1)
    assert write_date(day, "be") == "1 мая 2026\u202fг."
    assert write_date(day, "be-Latn") == "1 maja 2026\u202fh."
    assert write_date(day, "de", "medium") == "01.05.2026"
    assert write_time(datetime(2026, 5, 1, 14, 5, tzinfo=UTC), "pl") == "1.05.2026, 14:05"


@given(st.dates(), st.sampled_from(["short", "medium", "long"]))
def test_no_date_in_latin_script_has_a_cyrillic_letter(day: date, style: object) -> None:
    written = write_date(day, "be-Latn", style)  # type: ignore[arg-type]  # sampled_from's
    assert not any("\u0400" <= letter <= "\u04ff" for letter in written)
