from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.composing import utf16_length
from bot.group_settings import (
    GENERAL,
    PATTERN,
    THRESHOLDS,
    GroupSettings,
    Topics,
    find_change,
    render_languages,
    render_settings,
)
from bot.messages import Messages
from bot.voices import VOICES, Voice

if TYPE_CHECKING:
    from bot.playground.schema import BotApi

TOPIC = st.integers(min_value=0, max_value=2**31)
TOPICS = st.builds(Topics, st.frozensets(TOPIC, max_size=5), st.booleans())
SETTINGS = st.builds(
    GroupSettings,
    language=st.sampled_from([None, *VOICES]),
    mentions=st.booleans(),
    not_found=st.sampled_from(["reaction", "line", "silence"]),
    topics=TOPICS,
    strictness=st.sampled_from(sorted(THRESHOLDS)),
)
MESSAGES = Messages()


def pressed(settings: GroupSettings, action: str, topic: int = GENERAL) -> GroupSettings:
    change = find_change(action.split(":"))
    assert change is not None
    return change(settings, topic)


def shown(settings: GroupSettings, topic: int | None = None) -> dict[str, str]:
    """The buttons of the card: what each is called, and what it carries."""
    rendered = render_settings(settings, MESSAGES.for_voice("en"), "daviedka_bot", topic)
    assert rendered.keyboard is not None
    return {
        button.text: str(button.callback_data)
        for row in rendered.keyboard.inline_keyboard
        for button in row
    }


def test_usual_settings_answer_everywhere_in_the_questions_language() -> None:
    settings = GroupSettings()
    assert (settings.language, settings.mentions, settings.not_found) == (None, True, "reaction")
    assert settings.threshold is None
    assert settings.topics.allow(GENERAL)
    assert settings.topics.allow(5)


def test_stricter_is_surer() -> None:
    assert [THRESHOLDS[name] or 0.0 for name in ("normal", "strict", "very strict")] == sorted(
        threshold or 0.0 for threshold in THRESHOLDS.values()
    )


@given(topics=TOPICS, topic=TOPIC, other=TOPIC, on=st.booleans())
def test_switching_a_topic_changes_that_one_only(
    topics: Topics, topic: int, other: int, *, on: bool
) -> None:
    switched = topics.switch(topic, on=on)
    assert switched.allow(topic) == on
    assert other == topic or switched.allow(other) == topics.allow(other)


@given(topics=TOPICS, topic=TOPIC, other=TOPIC, on=st.booleans())
def test_switching_the_others_leaves_a_topic_as_it_is(
    topics: Topics, topic: int, other: int, *, on: bool
) -> None:
    switched = topics.switch_others(topic, on=on)
    assert switched.allow(topic) == topics.allow(topic)
    assert other == topic or switched.allow(other) == on


@given(SETTINGS, TOPIC)
def test_button_pressed_twice_does_what_it_does_once(settings: GroupSettings, topic: int) -> None:
    for data in shown(settings, topic).values():
        change = find_change(data.split(":")[1:])
        if change is not None:
            once = change(settings, topic)
            assert once != settings
            assert change(once, topic) == once


@given(SETTINGS, TOPIC)
def test_every_setting_is_reached_by_pressing(settings: GroupSettings, topic: int) -> None:
    # Round and round each button, and all of its states are seen.
    for prefix, states in (("mentions", 2), ("strictness", 3), ("nothing", 3), ("here", 2)):
        seen = set()
        for _ in range(states):
            data = next(
                data for data in shown(settings, topic).values() if data.startswith(f"gs:{prefix}:")
            )
            settings = pressed(settings, data.removeprefix("gs:"), topic)
            seen.add(settings)
        assert len(seen) == states


@pytest.mark.parametrize("voice", [None, *VOICES])
def test_language_is_chosen_and_ticked(voice: Voice | None) -> None:
    settings = pressed(GroupSettings(language="de"), f"language:{voice or 'auto'}")
    assert settings.language == voice
    rendered = render_languages(settings, MESSAGES.for_voice("en"))
    assert rendered.keyboard is not None
    ticked = [
        button.callback_data
        for row in rendered.keyboard.inline_keyboard
        for button in row
        if button.text.startswith("✓ ")
    ]
    assert ticked == [f"gs:language:{voice or 'auto'}"]


@given(SETTINGS, st.none() | TOPIC, st.sampled_from(VOICES))
def test_cards_are_within_telegrams_limits(
    settings: GroupSettings, topic: int | None, voice: Voice
) -> None:
    words = MESSAGES.for_voice(voice)
    for card in (
        render_settings(settings, words, "daviedka_bot", topic),
        render_languages(settings, words),
    ):
        assert 1 <= utf16_length(card.text) <= 4096
        assert card.keyboard is not None
        for row in card.keyboard.inline_keyboard:
            for button in row:
                data = str(button.callback_data)
                assert len(data.encode()) <= 64
                assert re.fullmatch(PATTERN, data)
                assert len(button.text) <= 40


@pytest.mark.parametrize("topic", [None, 5])
def test_card_is_what_telegram_takes(bot_api: BotApi, topic: int | None) -> None:
    rendered = render_settings(GroupSettings(), MESSAGES.for_voice("en"), "daviedka_bot", topic)
    assert rendered.keyboard is not None
    parameters: dict[str, Any] = {
        "chat_id": -1,
        "text": rendered.text,
        "reply_markup": rendered.keyboard.to_dict(),
    }
    assert bot_api.problems("sendMessage", parameters) == []


def test_topics_are_asked_for_in_forums_only() -> None:
    assert not any(label.endswith("on") and "topic" in label for label in shown(GroupSettings()))
    assert "This topic: on" in shown(GroupSettings(), 5)


@pytest.mark.parametrize(
    "data", ["gs:", "gs:language:xx", "gs:mentions:maybe", "gs:strictness:3", "gs:card:x", "gs:on"]
)
def test_forged_data_is_no_button(data: str) -> None:
    assert not re.fullmatch(PATTERN, data)
