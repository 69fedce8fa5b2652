"""/history and /undo: who did what, and every change can be taken back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.composing import ELLIPSIS, TITLE_LENGTH, Composer, shorten
from bot.document_filters import parse_filter
from bot.freshness import today
from bot.handlers.chats import FROM_PERSON
from bot.handlers.guard import for_moderators
from bot.handlers.presses import answered, refuse, reply, show
from bot.history_cards import render_change, render_history
from bot.lists import PAGE_LENGTH, Reader, list_text, list_text_of
from bot.records.moderators import identity
from corpus.errors import ConflictError, MissingError
from corpus.models import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from gettext import NullTranslations

    from telegram import Message, Update, User
    from telegram.ext import BaseHandler

    from bot.composing import Rendered
    from bot.context import Context
    from bot.keeping import Keeping
    from bot.records.database import Records
    from corpus.models import Document
    from corpus.revisions import Change
    from corpus.store import Store

# As the store makes them: a purged document is not found by its words.
_ID: Final = re.compile(r"[0-9a-f]{8}")
# Of the audit trail, read at once.
_CHANGES: Final = 200


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module; the last one takes what no other one understands."""
    return [
        CommandHandler("history", show_history, filters=FROM_PERSON),
        CommandHandler("undo", undo_latest, filters=FROM_PERSON),
        CallbackQueryHandler(turn_page, pattern=r"^hi:page:\d{1,6}$"),
        CallbackQueryHandler(show_history_of, pattern=r"^hi:of:\w{1,16}$"),
        CallbackQueryHandler(undo_listed, pattern=r"^hi:undo:\d{1,9}:\w{1,16}$"),
        CallbackQueryHandler(undo_shown, pattern=r"^hi:flip:\d{1,9}:\w{1,16}$"),
        CallbackQueryHandler(for_moderators(refuse), pattern=r"^hi:"),
    ]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of the wish to take a change back.

    Attributes:
        outcome: "already" where it was taken back before; "changed" where something else was
            changed since.
        wanted: What was to be taken back.
        change: What was done now, or what stands in the way.
        by: The name of who did that.
        document: As it is now.
    """

    outcome: Literal["done", "already", "changed"]
    wanted: Change
    change: Change
    by: str
    document: Document

    def told(self, words: NullTranslations) -> str:
        """What became of it, in a sentence."""
        match self.outcome:
            case "done":
                return words.gettext("Taken back.")
            case "already":
                return words.gettext("Already taken back by {name}.").format(name=self.by)
            case "changed":
                return words.gettext(
                    "{name} has changed this document since (change {n}): that has to be taken "
                    "back first."
                ).format(name=self.by, n=self.change.revision)


def take_back(
    keeping: Keeping, records: Records, document_id: str, revision: int, by: str
) -> Attempt:
    """Take one change of a document back, if nothing stands in the way.

    Raises:
        MissingError: There is no such change, or the document was purged.
    """
    store = keeping.store
    changes = store.history(document_id)
    wanted = next((one for one in changes if one.revision == revision), None)
    if wanted is None:
        raise MissingError(document_id)
    document = store.document(document_id)
    later = [one for one in changes if one.revision > revision]
    outcome: Literal["done", "already", "changed"]
    if wanted.undone:
        outcome = "already"
        change = next(one for one in later if one.undoes == revision and not one.undone)
    else:
        try:
            document = keeping.undo(revision, by)
        except ConflictError:
            outcome = "changed"
            standing = [one for one in later if not one.undone and one.action != "undo"]
            change = next(iter(standing or later), wanted)
        else:
            outcome = "done"
            change = store.history(document_id, limit=1)[0]
    return Attempt(outcome, wanted, change, records.name(change.by), document)


@for_moderators
async def show_history(update: Update, context: Context, moderator: User) -> None:
    """/history, /history 1f2e3d4c, /history words of the title."""
    if (message := update.message) is None:
        return
    text = list_text(" ".join(context.args or ()))
    await reply(message, await _render(context, text, 0, moderator))


@for_moderators
async def undo_latest(update: Update, context: Context, moderator: User) -> None:
    """/undo: take the last change of this moderator back that is not taken back yet."""
    if (message := update.message) is None:
        return
    words = context.words_for(moderator)
    attempt = await context.in_keeping(
        _take_latest_back, context.keeping, context.records, identity(moderator.id)
    )
    if attempt is None:
        await message.reply_text(words.gettext("You have changed nothing that can be taken back."))
    elif attempt.outcome == "done":
        await reply(message, render_change(attempt.document, attempt.change, words))
    else:
        await reply(message, _render_obstacle(attempt, words))


@for_moderators
@answered
async def turn_page(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Show another page of a history."""
    await show(message, await _render(context, list_text_of(message), int(parts[1]), moderator))
    return None


@for_moderators
@answered
async def show_history_of(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Send the history of one document."""
    await reply(message, await _render(context, parts[1], 0, moderator))
    return None


@for_moderators
@answered
async def undo_listed(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Take a change of a history back, and show the history as it is then."""
    attempt = await _try(context, moderator, parts)
    await show(message, await _render(context, list_text_of(message), 0, moderator))
    return attempt.told(context.words_for(moderator))


@for_moderators
@answered
async def undo_shown(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Take back what a message tells of, be it an undo, and tell of that."""
    words = context.words_for(moderator)
    attempt = await _try(context, moderator, parts)
    if attempt.outcome == "done":
        await show(message, render_change(attempt.document, attempt.change, words))
    return attempt.told(words)


async def _try(context: Context, moderator: User, parts: list[str]) -> Attempt:
    _, revision, document_id = parts
    return await context.in_keeping(
        take_back,
        context.keeping,
        context.records,
        document_id,
        int(revision),
        identity(moderator.id),
    )


async def _render(context: Context, text: str, page: int, moderator: User) -> Rendered:
    changes, names, more = await context.in_keeping(
        _page_of, context.keeping.store, context.records, text, page
    )
    reader = reader_of(context, moderator)
    return render_history(changes, names, page, text, reader, more=more)


def reader_of(context: Context, moderator: User) -> Reader:
    """A moderator who looks at something now."""
    voice = context.voice_of(moderator)
    return Reader(voice, context.words(voice), today())


def _page_of(
    store: Store, records: Records, text: str, page: int
) -> tuple[list[Change], dict[str, str], bool]:
    """The changes on a page, the names of those who made them, and whether there are more."""
    first = page * PAGE_LENGTH
    if text and not _ID.fullmatch(text):
        name = cache(records.name)
        wanted = parse_filter(text, default=STATES)
        ids = {one.id for one in store.documents(*STATES) if wanted.fits(one, name, today())}
        found = [one for one in store.history() if one.document_id in ids]
        found = found[first : first + PAGE_LENGTH + 1]
    else:
        found = store.history(text or None, limit=PAGE_LENGTH + 1, offset=first)
    changes = found[:PAGE_LENGTH]
    names = {by: records.name(by) for by in {change.by for change in changes}}
    return changes, names, len(found) > PAGE_LENGTH


def _take_latest_back(keeping: Keeping, records: Records, by: str) -> Attempt | None:
    """Take someone's last change back; None where there is none that could be."""
    for change in _changes(keeping.store):
        if change.by == by and change.action not in {"undo", "purge"} and not change.undone:
            try:
                return take_back(keeping, records, change.document_id, change.revision, by)
            except MissingError:  # purged since
                continue
    return None


def _changes(store: Store) -> Iterator[Change]:
    """All changes, the latest first."""
    offset = 0
    while found := store.history(limit=_CHANGES, offset=offset):
        yield from found
        offset += len(found)


def _render_obstacle(attempt: Attempt, words: NullTranslations) -> Rendered:
    button = InlineKeyboardButton(
        words.gettext("History"), callback_data=f"hi:of:{attempt.document.id}"
    )
    message = Composer()
    message.write(shorten(attempt.document.title, TITLE_LENGTH) or ELLIPSIS, MessageEntity.BOLD)
    message.new_line()
    message.write(attempt.told(words))
    return message.finish(InlineKeyboardMarkup.from_button(button))
