from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.member_cards import (
    WISHES_SHOWN,
    Known,
    render_greeting,
    render_privacy,
    sample_documents,
)
from bot.messages import Messages
from bot.voices import VOICES, Voice
from tests.support.answers import make_document
from tests.support.cards import assert_fits, documents

if TYPE_CHECKING:
    from corpus.models import Document

MESSAGES = Messages()
WORDS = MESSAGES.for_voice("en")


@given(documents(), st.sampled_from(VOICES))
def test_greeting_fits_whatever_the_documents_are(found: list[Document], voice: Voice) -> None:
    samples = sample_documents(found, voice)
    assert len(samples) == min(3, len(found))
    assert_fits(render_greeting(samples, 90, MESSAGES.for_voice(voice)))


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("How do I get a PESEL?", "How do I get a PESEL?"),
        ("Working in Poland: permit, declaration or neither of them?", "Working in Poland"),
        ("The bank said no? You have a right to a basic account", "The bank said no?"),
        ("Swimming — everything that you need to know before May", "Swimming"),
        ("Everything that you need to know of swimming", "Everything that you need to know of…"),
        ("", "…"),
    ],
)
def test_button_has_as_much_of_the_title_as_fits(title: str, label: str) -> None:
    rendered = render_greeting([make_document(title=title)], 90, WORDS)
    assert rendered.keyboard is not None
    assert [row[0].text for row in rendered.keyboard.inline_keyboard] == [label]


@given(
    st.lists(st.tuples(st.dates(), st.text(max_size=2000)), max_size=50),
    st.none() | st.sampled_from(VOICES),
    st.sampled_from(VOICES),
)
def test_what_is_known_of_a_person_fits(
    wishes: list[tuple[date, str]], chosen: Voice | None, voice: Voice
) -> None:
    known = Known(chosen, tuple(wishes), moderator=True)
    assert_fits(render_privacy(known, 90, voice, MESSAGES.for_voice(voice)))


def test_all_wishes_are_counted_and_some_are_shown() -> None:
    wishes = tuple((date(2026, 5, 1), f"Question {number}?") for number in range(30))
    text = render_privacy(Known(None, wishes, moderator=False), 90, "en", WORDS).text
    assert "30 wishes to be told of an answer:" in text
    assert text.count("• May 1, 2026: Question") == WISHES_SHOWN


def test_privacy_where_others_read_along_tells_nothing_of_anybody() -> None:
    assert "What I know of you" not in render_privacy(None, 90, "en", WORDS).text
