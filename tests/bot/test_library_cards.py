from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.library_cards import render_latest, render_sources
from bot.messages import Messages
from bot.voices import VOICES, Voice
from tests.support.answers import make_document
from tests.support.cards import assert_fits, documents

if TYPE_CHECKING:
    from corpus.models import Document

MESSAGES = Messages()
WORDS = MESSAGES.for_voice("en")


@given(documents(), st.integers(0, 10**6), st.sampled_from(VOICES))
def test_lists_fit_whatever_the_documents_are(
    found: list[Document], page: int, voice: Voice
) -> None:
    words = MESSAGES.for_voice(voice)
    assert_fits(render_latest(found, page, voice, words))
    assert_fits(render_sources(found, page, voice, words))


def test_each_page_goes_on_where_the_one_before_ended() -> None:
    found = [make_document(f"{number:02}", title=f"Title {number:02}") for number in range(20)]
    shown = [
        line
        for page in range(3)
        for line in render_latest(found, page, "be", WORDS).text.split("\n")
        if line.startswith("Title")
    ]
    assert shown == [document.title for document in found]


def test_day_is_that_of_publication_or_else_of_arrival() -> None:
    document = make_document(published=None, added_at=datetime(2026, 2, 3, 4, tzinfo=UTC))
    assert "February 3, 2026" in render_latest([document], 0, "en", WORDS).text


def test_channels_and_sites_are_told_apart_and_lead_to_their_front_pages() -> None:
    urls = (
        "https://www.news.example/2025/a?b=c",
        "https://news.example/x",
        "https://t.me/s/one/5",
        "https://t.me/two/6",
    )
    found = [make_document(str(number), url=url) for number, url in enumerate(urls)]
    rendered = render_sources(found, 0, "en", WORDS)
    links = {
        rendered.text[entity.offset : entity.offset + entity.length]: entity.url
        for entity in rendered.entities
        if entity.url
    }
    assert links == {
        "news.example": "https://www.news.example/",
        "t.me/one": "https://t.me/one",
        "t.me/two": "https://t.me/two",
    }
