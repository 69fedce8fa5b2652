"""/stats shows numbers to moderators, as a picture and in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.constants import MessageLimit

from bot.composing import utf16_length
from bot.freshness import today
from bot.handlers.statistics import render_statistics
from bot.messages import Messages
from bot.records.counts import DayCount, Usage
from corpus.models import LANGUAGES, Language
from tests.support.answers import make_document
from tests.support.moderated import MEMBER, MODERATOR
from tests.support.telegram import inline_update, message_update

if TYPE_CHECKING:
    from tests.support.moderated import Moderated
    from tests.support.telegram import TelegramServer

MESSAGES = Messages()
PNG = b"\x89PNG\r\n\x1a\n"


async def command(moderated: Moderated, text: str, sender: dict[str, Any] = MODERATOR) -> Any:
    await moderated.deliver(message_update(text, sender=sender))
    return moderated.telegram.last_message()


async def test_no_question_needs_no_picture(moderated: Moderated, telegram: TelegramServer) -> None:
    message = await command(moderated, "/stats")
    assert message["text"].endswith("\nNobody has asked anything.")
    assert telegram.uploads == []


async def test_picture_comes_with_the_same_in_words(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    document = moderated.backing.add("Half price.", title="Theatre", url="https://example.org/t")
    counts = moderated.records.counts
    for ago, answered in ((0, True), (1, True), (1, False), (40, True)):
        quoted = document.id if answered else None
        day = today() - timedelta(ago)
        counts.count_question(day, "private", "be", answered=answered, quoted=quoted)
    counts.count_question(today(), "private", "ru", answered=True, quoted="purged00")
    counts.count_chosen(today(), document.id)
    await moderated.deliver(inline_update("theatre prices"))

    message = await command(moderated, "/stats")

    assert message["caption"].splitlines()[1:] == [
        "4 questions",
        "Answered: 3 (75%)",
        "Languages: Belarusian 3, Russian 1",
        "Inline, while typing: 1, found something: 0",
        "Inline quotes sent: 1",
        "Most quoted:",
        "• Theatre – 2",
    ]
    (picture,) = telegram.uploads
    assert picture.content.startswith(PNG)
    longer = await command(moderated, "/stats 90")
    assert "5 questions" in longer["caption"]


@pytest.mark.parametrize("given_days", ["0", "366", "1000", "-5", "abc", "٣", "1.5"])
async def test_wrong_number_of_days_is_explained(moderated: Moderated, given_days: str) -> None:
    message = await command(moderated, f"/stats {given_days}")
    assert message["text"].startswith("Give a number of days from 1 to 365")


async def test_one_day_can_be_shown(moderated: Moderated, telegram: TelegramServer) -> None:
    moderated.records.counts.count_question(today(), "private", "be", answered=False)
    message = await command(moderated, "/stats 1")
    assert message["caption"].splitlines()[1:3] == ["1 question", "Answered: 0 (0%)"]
    assert len(telegram.uploads) == 1


async def test_stranger_sees_no_numbers(moderated: Moderated, telegram: TelegramServer) -> None:
    message = await command(moderated, "/stats", MEMBER)
    assert "do not know this command" in message["text"]
    assert telegram.uploads == []


@settings(max_examples=50)
@given(st.sampled_from(LANGUAGES), st.text(st.characters(codec="utf-8"), min_size=1))
def test_words_fit_into_a_caption_whatever_documents_are_called(
    reader: Language, title: str
) -> None:
    day = date(2026, 11, 30)
    many = 10**9
    ids = [f"d{number}" for number in range(9)]
    usage = Usage(
        (DayCount(day, many, many),) * 2,
        dict.fromkeys(LANGUAGES, many),
        dict.fromkeys(ids, many),
        many,
        many,
        many,
    )
    documents = {name: make_document(name, title=title * 200) for name in ids}
    rendered = render_statistics(usage, documents, reader, MESSAGES.for_language(reader))
    assert utf16_length(rendered.text) <= MessageLimit.CAPTION_LENGTH
