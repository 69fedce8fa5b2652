"""Keepers are asked whether documents are still true, over HTTP."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.context import Context
from bot.freshness import confirm, in_months, remind_keepers, schedule, today
from bot.lists import PAGE_LENGTH
from tests.support.drafts import make_draft
from tests.support.moderated import MEMBER, MODERATOR, OWNER, SECOND
from tests.support.updates import labels, message_update, press, press_update

if TYPE_CHECKING:
    from corpus.models import Document
    from tests.support.moderated import Moderated
    from tests.support.telegram import TelegramServer

MARYNA = f"telegram:{MODERATOR['id']}"
LONG_AGO = date(2020, 5, 1)


def add(
    moderated: Moderated, title: str = "Passport", by: str = MARYNA, due: date | None = LONG_AGO
) -> Document:
    document = moderated.store.save(make_draft("It is renewed there.", title=title), by)
    moderated.backing.index.sync()
    return moderated.keeping.edit(document.id, by, check_by=due)


async def remind(moderated: Moderated) -> None:
    await remind_keepers(Context(moderated.application))


def sent(moderated: Moderated, user: dict[str, Any] = MODERATOR) -> list[dict[str, Any]]:
    return moderated.telegram.messages(user["id"])


def pass_days(moderated: Moderated, days: int) -> None:
    """Let the last reminders be older than they are."""
    reminders = moderated.records.reminders
    reminders.remember(reminders.reminded(), today() - timedelta(days=days))


def notices(telegram: TelegramServer) -> list[str | None]:
    return [call.get("text") for call in telegram.calls("answerCallbackQuery")]


async def test_keeper_gets_one_message_for_all_that_is_due(moderated: Moderated) -> None:
    moderated.records.moderators.remember(MODERATOR["id"], "Maryna", "en")
    add(moderated, "Later", due=date(2021, 1, 1))
    add(moderated, "Sooner")
    add(moderated, "Never", due=None)
    add(moderated, "Today", due=today())
    hidden, removed = add(moderated, "Hidden"), add(moderated, "Removed")
    moderated.keeping.hide(hidden.id, MARYNA)
    moderated.keeping.remove(removed.id, MARYNA)
    await remind(moderated)
    (reminder,) = sent(moderated)
    assert reminder["text"] == (
        "Please look whether this is still true:\n\n"
        "1. Sooner\n⚠ Due to be checked since May 1, 2020\n\n"
        "2. Later\n⚠ Due to be checked since January 1, 2021"
    )
    assert labels(reminder) == ["Still true: 1", "Open 1", "Still true: 2", "Open 2"]
    assert sent(moderated, OWNER) == sent(moderated, SECOND) == []


async def test_keeper_is_reminded_once_a_week(moderated: Moderated) -> None:
    add(moderated)
    for days, count in ((0, 1), (1, 1), (6, 1), (7, 2), (8, 2)):
        if days in {6, 7}:
            pass_days(moderated, days)
        await remind(moderated)
        assert len(sent(moderated)) == count, days


async def test_nothing_due_sends_nothing(moderated: Moderated) -> None:
    add(moderated, due=None)
    await remind(moderated)
    assert moderated.telegram.requests == [] or sent(moderated) == []


@pytest.mark.parametrize("by", ["tests", "telegram:1", "channel:-1001", "feed:3"])
async def test_owners_are_asked_where_no_moderator_added_it(moderated: Moderated, by: str) -> None:
    add(moderated, by=by)
    await remind(moderated)
    assert len(sent(moderated, OWNER)) == 1


async def test_owners_are_asked_once_the_keeper_is_dismissed(moderated: Moderated) -> None:
    add(moderated)
    moderated.records.moderators.dismiss(MODERATOR["id"])
    await remind(moderated)
    assert sent(moderated) == []
    assert len(sent(moderated, OWNER)) == 1


async def test_many_are_asked_about_in_parts(moderated: Moderated) -> None:
    for number in range(PAGE_LENGTH + 2):
        add(moderated, f"Guide {number}")
    await remind(moderated)
    await remind(moderated)
    await remind(moderated)
    parts = [len(labels(message)) // 2 for message in sent(moderated)]
    assert parts == [PAGE_LENGTH, 2]


async def test_blocked_chat_is_counted_and_tried_next_week(
    moderated: Moderated, telegram: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    add(moderated)
    telegram.block(MODERATOR["id"])
    with caplog.at_level(logging.INFO, "bot"):
        await remind(moderated)
        await remind(moderated)
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert line == "keepers of documents who cannot be written to: 1"
    assert len(telegram.calls("sendMessage")) == 1
    pass_days(moderated, 7)
    await remind(moderated)
    assert len(telegram.calls("sendMessage")) == 2


async def test_failing_telegram_is_tried_tomorrow(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    add(moderated)
    telegram.refuse_next("sendMessage", "Internal Server Error", 500)
    await remind(moderated)
    assert sent(moderated) == []
    await remind(moderated)
    assert len(sent(moderated)) == 1


async def test_still_true_is_kept_and_shown(moderated: Moderated, telegram: TelegramServer) -> None:
    first, second = add(moderated), add(moderated, "Visa", due=date(2021, 1, 1))
    moderated.records.moderators.remember(MODERATOR["id"], "Maryna", "en")
    await remind(moderated)
    (reminder,) = sent(moderated)
    await moderated.deliver(press(reminder, "Still true: 1", sender=MODERATOR))
    assert moderated.store.document(first.id).check_by == in_months(today(), 12)
    assert notices(telegram) == ["Thank you!"]
    (reminder,) = sent(moderated)
    assert "1. Passport\nTo be checked by" in reminder["text"]
    assert labels(reminder) == ["Open 1", "Still true: 2", "Open 2"]
    await moderated.deliver(press(reminder, "Still true: 2", sender=MODERATOR))
    assert moderated.store.document(second.id).check_by == in_months(today(), 12)
    (reminder,) = sent(moderated)
    assert labels(reminder) == ["Open 1", "Open 2"]
    await moderated.deliver(message_update("/undo", sender=MODERATOR))
    assert moderated.store.document(second.id).check_by == date(2021, 1, 1)


async def test_checked_document_is_due_again_after_the_same_time(moderated: Moderated) -> None:
    document = add(moderated, due=in_months(today(), 3))
    waited = in_months(today(), 3) - today()
    moderated.keeping.edit(document.id, MARYNA, title="Passports")
    later = in_months(today(), 4)
    assert confirm(moderated.keeping, document.id, MARYNA, later)
    assert moderated.store.document(document.id).check_by == later + waited
    assert not confirm(moderated.keeping, document.id, MARYNA, later)


async def test_two_who_confirm_at_once_do_it_once(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    document = add(moderated)
    moderated.records.moderators.remember(MODERATOR["id"], "Maryna", "en")
    await remind(moderated)
    (reminder,) = sent(moderated)
    await asyncio.gather(
        *(
            moderated.deliver(press(reminder, "Still true: 1", sender=sender))
            for sender in (MODERATOR, SECOND)
        )
    )
    assert len(moderated.store.history(document.id)) == 3
    told = sorted(str(notice) for notice in notices(telegram))
    assert told[0].endswith("has changed this document meanwhile.")
    assert told[1] == "Thank you!"


async def test_document_removed_meanwhile_is_not_confirmed(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    document = add(moderated)
    moderated.records.moderators.remember(MODERATOR["id"], "Maryna", "en")
    await remind(moderated)
    (reminder,) = sent(moderated)
    moderated.keeping.remove(document.id, "telegram:902")
    await moderated.deliver(press(reminder, "Still true: 1", sender=MODERATOR))
    assert notices(telegram) == ["Siarhei has changed this document meanwhile."]
    assert "🗑 removed" in sent(moderated)[0]["text"]
    moderated.store.purge(document.id, "tests")
    await moderated.deliver(press_update(reminder, f"ok:{document.id}", sender=MODERATOR))
    assert notices(telegram)[-1] == "This document is gone: nothing was changed."


async def test_stranger_confirms_nothing(moderated: Moderated, telegram: TelegramServer) -> None:
    document = add(moderated)
    await remind(moderated)
    (reminder,) = sent(moderated)
    await moderated.deliver(press_update(reminder, f"ok:{document.id}", sender=MEMBER))
    assert notices(telegram) == ["Only moderators can do this."]
    assert moderated.store.document(document.id) == document


async def test_job_runs_daily(moderated: Moderated) -> None:
    assert moderated.application.job_queue is not None
    before = len(moderated.application.job_queue.jobs())
    schedule(moderated.application)
    assert len(moderated.application.job_queue.jobs()) == before + 1


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_months_end_where_they_end(day: date, months: int, later: date) -> None:
    assert in_months(day, months) == later


@given(st.dates(max_value=date(9990, 1, 1)), st.integers(0, 24))
@settings(deadline=None)
def test_month_later_is_so_many_months_later(day: date, months: int) -> None:
    later = in_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day
