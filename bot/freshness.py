"""Documents that somebody has to look at again: who keeps them is asked once a week."""

from __future__ import annotations

import logging
from calendar import monthrange
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from telegram.error import BadRequest, Forbidden, TelegramError

from bot.document_cards import render_reminder
from bot.labels import is_due
from bot.lists import PAGE_LENGTH, Reader
from bot.records.moderators import user_id_of
from corpus.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.context import App, Context
    from bot.keeping import Keeping
    from corpus.models import Document
    from corpus.store import Store

logger = logging.getLogger(__name__)

# When people read: morning to noon where most of the diaspora lives.
_AT: Final = time(9, tzinfo=UTC)
# Asked on a Monday, again on the next one.
_WEEK: Final = timedelta(days=6)
# A document is checked as often as it was meant to be, unless nobody gave it time: then yearly.
_LEAST_WAIT: Final = timedelta(days=28)
_YEAR: Final = 12


def schedule(application: App) -> None:
    """Ask the keepers once a day; each of them is asked of a document once a week."""
    if application.job_queue is not None:
        application.job_queue.run_daily(remind_keepers, _AT)


def today() -> date:
    """The day on which it is, in UTC."""
    return datetime.now(UTC).date()


def in_months(day: date, months: int) -> date:
    """The same day some months later, or the last one of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def confirm(keeping: Keeping, document_id: str, by: str, day: date) -> bool:
    """Keep that a document was found to be true on a day, and when it is to be checked again.

    Returns:
        False where it is not due, since somebody has looked already.

    Raises:
        MissingError: There is no such document.
    """
    document = keeping.store.document(document_id)
    if document.check_by is None or document.state != "live" or not is_due(document, day):
        return False
    changes = keeping.store.history(document_id)
    last = next((change for change in changes if "check_by" in change.changed), None)
    waited = document.check_by - last.at.date() if last is not None else timedelta()
    check_by = day + waited if waited >= _LEAST_WAIT else in_months(day, _YEAR)
    keeping.edit(document_id, by, check_by=check_by)
    return True


async def remind_keepers(context: Context) -> None:
    """Ask the keepers of documents that are due whether these are still true."""
    try:
        await _remind_keepers(context, today())
    except CorpusError as error:
        logger.error("nobody could be reminded: %s", error)  # noqa: TRY400 - one line says it all


async def _remind_keepers(context: Context, day: date) -> None:
    reminders = context.records.reminders
    await context.in_records(reminders.forget_before, day - _WEEK)
    waiting = await context.in_records(reminders.reminded)
    due = await context.in_keeping(_due, context.keeping.store, day)
    by_chat: defaultdict[int, list[Document]] = defaultdict(list)
    for document in due:
        if document.id not in waiting:
            for chat_id in await _keepers(context, document):
                by_chat[chat_id].append(document)
    unreachable = 0
    for chat_id, documents in by_chat.items():
        # The rest is asked tomorrow: nobody looks through a hundred at once.
        asked = documents[:PAGE_LENGTH]
        try:
            await _ask(context, chat_id, asked, day)
        except (Forbidden, BadRequest):  # they have blocked the bot, or never started it
            unreachable += 1
        except TelegramError as error:
            logger.warning("a reminder could not be sent: %s", type(error).__name__)
            continue
        await context.in_records(reminders.remember, [one.id for one in asked], day)
    if unreachable:
        logger.warning("keepers of documents who cannot be written to: %d", unreachable)


def _due(store: Store, day: date) -> list[Document]:
    """What is due, the longest first."""
    due = [document for document in store.documents("live") if is_due(document, day)]
    return sorted(due, key=lambda document: document.check_by or day)


async def _keepers(context: Context, document: Document) -> Sequence[int]:
    """Who added it, if that is a moderator still; else the owners, or the moderators' chat."""
    user_id = user_id_of(document.added_by)
    if user_id is not None and await context.roles.is_moderator(context.bot, user_id):
        return [user_id]
    settings = context.settings
    if settings.owners or settings.moderator_chat is None:
        return settings.owners
    return [settings.moderator_chat]


async def _ask(context: Context, chat_id: int, documents: Sequence[Document], day: date) -> None:
    keeper = await context.in_records(context.records.moderators.find, chat_id)
    voice = context.voice_by(chat_id, keeper.language_code if keeper else None)
    rendered = render_reminder(documents, Reader(voice, context.words(voice), day))
    await context.bot.send_message(
        chat_id, rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
    )
