"""/documents: what there is, and what can be done with each document."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from telegram import Message, User
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot import fields
from bot.context import Context
from bot.document_cards import Card, check_by_keyboard, render_card, render_list, render_reminder
from bot.document_filters import parse_filter
from bot.freshness import confirm, in_months, today
from bot.handlers import adding
from bot.handlers.chats import FROM_PERSON
from bot.handlers.checks import NO_MESSAGE, NOT_MODIFIED, harmless
from bot.handlers.guard import for_moderators
from bot.handlers.history import reader_of, take_back
from bot.handlers.inline import CACHE_SECONDS
from bot.handlers.presses import answered, refuse, reply, show
from bot.handlers.prompting import ask
from bot.history_cards import render_change
from bot.keeping import Keeping
from bot.lists import PAGE_LENGTH, list_text, list_text_of
from bot.records.moderators import identity
from corpus.errors import MissingError
from corpus.models import STATES, Document, State
from corpus.splitting import split

if TYPE_CHECKING:
    from datetime import date
    from gettext import NullTranslations

    from telegram import Update
    from telegram.ext import BaseHandler

    from bot.composing import Rendered
    from bot.records.database import Records
    from bot.records.prompts import Prompt
    from corpus.store import Metadata

_FILE_NAME_LENGTH: Final = 60
_NO_FILE_NAME: Final = re.compile(r"[^\w.-]+")


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module; the last one takes what no other one understands."""
    return [
        CommandHandler("documents", list_documents, filters=FROM_PERSON),
        CallbackQueryHandler(turn_page, pattern=r"^do:list:\d{1,6}$"),
        CallbackQueryHandler(list_only, pattern=r"^do:only:(due|hidden|removed|all)$"),
        CallbackQueryHandler(change_state, pattern=r"^do:(hide|show|remove|restore):\w{1,16}$"),
        CallbackQueryHandler(undo, pattern=r"^do:undo:\d{1,9}:\w{1,16}$"),
        CallbackQueryHandler(check_in, pattern=r"^do:in:(0|3|6|12):\w{1,16}$"),
        CallbackQueryHandler(ask_for_value, pattern=r"^do:(title|date|link|day):\w{1,16}$"),
        CallbackQueryHandler(
            press_button, pattern=r"^do:(open|card|back|check|replace|text):\w{1,16}$"
        ),
        CallbackQueryHandler(still_true, pattern=r"^ok:\w{1,16}$"),
        CallbackQueryHandler(for_moderators(refuse), pattern=r"^(do|ok):"),
    ]


# --- lists ----------------------------------------------------------------------------------


@for_moderators
async def list_documents(update: Update, context: Context, moderator: User) -> None:
    """/documents, /documents words lang:be by:Maryna due."""
    if (message := update.message) is None:
        return
    text = list_text(" ".join(context.args or ()))
    await reply(message, await _render_list(context, moderator, text, 0))


@for_moderators
@answered
async def turn_page(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Show another page of a list."""
    text = list_text_of(message)
    await show(message, await _render_list(context, moderator, text, int(parts[1])))
    return None


@for_moderators
@answered
async def list_only(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Show the documents that have something in common."""
    await show(message, await _render_list(context, moderator, parts[1], 0))
    return None


async def _render_list(context: Context, moderator: User, text: str, page: int) -> Rendered:
    documents = await context.in_keeping(_find, context.keeping, context.records, text, today())
    return render_list(documents, page, text, reader_of(context, moderator))


def _find(keeping: Keeping, records: Records, text: str, day: date) -> list[Document]:
    """The documents that a filter lets through, those that were changed last first."""
    wanted = parse_filter(text)
    name = cache(records.name)
    found = [one for one in keeping.store.documents(*STATES) if wanted.fits(one, name, day)]
    return sorted(found, key=lambda document: document.revision, reverse=True)


# --- cards ----------------------------------------------------------------------------------


@for_moderators
@answered
async def press_button(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Show something of a document, or ask for its new version."""
    action, document_id = parts
    await _SHOWING[action](message, context, moderator, document_id)
    return None


async def _open(message: Message, context: Context, moderator: User, document_id: str) -> None:
    """The card, in the place of the list."""
    card = await _card(context, document_id)
    await show(message, _render_card(context, moderator, card, list_text_of(message)))


async def _send_card(message: Message, context: Context, moderator: User, document_id: str) -> None:
    """The card, as a message of its own."""
    await reply(message, _render_card(context, moderator, await _card(context, document_id), ""))


async def _go_back(message: Message, context: Context, moderator: User, document_id: str) -> None:
    """The page of the list on which the document is now, or else the first one."""
    text = list_text_of(message)
    documents = await context.in_keeping(_find, context.keeping, context.records, text, today())
    positions = [number for number, one in enumerate(documents) if one.id == document_id]
    page = positions[0] // PAGE_LENGTH if positions else 0
    await show(message, render_list(documents, page, text, reader_of(context, moderator)))


async def _offer_days(
    message: Message, context: Context, moderator: User, document_id: str
) -> None:
    """Buttons for when to check the document again, in the place of the others."""
    await context.in_keeping(context.keeping.store.document, document_id)
    with harmless(NOT_MODIFIED, NO_MESSAGE):
        await message.edit_reply_markup(
            check_by_keyboard(document_id, context.words_for(moderator))
        )


async def _ask_for_version(
    message: Message, context: Context, moderator: User, document_id: str
) -> None:
    document = await context.in_keeping(context.keeping.store.document, document_id)
    await ask(
        context,
        message,
        context.words_for(moderator).gettext(
            "Reply to this message with the new version: a file, a link, a forwarded post or a "
            "text. Its card offers to replace this document."
        ),
        subject=f"do:replace:{document.id}",
    )


async def _send_text(message: Message, context: Context, moderator: User, document_id: str) -> None:  # noqa: ARG001  # as the others
    """The whole text, as a file."""
    store = context.keeping.store
    document = await context.in_keeping(store.document, document_id)
    text = await context.in_keeping(store.text, document_id)
    await message.reply_document(text.encode(), filename=file_name(document))


_Showing: TypeAlias = Callable[[Message, Context, User, str], Awaitable[None]]
_SHOWING: Final[dict[str, _Showing]] = {
    "open": _open,
    "card": _send_card,
    "back": _go_back,
    "check": _offer_days,
    "replace": _ask_for_version,
    "text": _send_text,
}


def file_name(document: Document) -> str:
    """A name for the file with a document's text, from its title."""
    name = _NO_FILE_NAME.sub("_", document.title)[:_FILE_NAME_LENGTH].strip("._-")
    return f"{name or document.id}.md"


async def _card(context: Context, document_id: str) -> Card:
    return await context.in_keeping(_load_card, context.keeping, context.records, document_id)


def _load_card(keeping: Keeping, records: Records, document_id: str) -> Card:
    store = keeping.store
    document = store.document(document_id)
    text = store.text(document_id)
    change = store.history(document_id, limit=1)[0]
    name = records.name
    return Card(document, text, len(split(text)), name(document.added_by), change, name(change.by))


def _render_card(
    context: Context, moderator: User, card: Card, text: str, done: str = ""
) -> Rendered:
    return render_card(card, text, reader_of(context, moderator), done=done)


# --- changes --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of a document's state: from which states, to which one, and how."""

    states: tuple[State, ...]
    state: State
    make: Callable[[Keeping, str, str], Document]


_CHANGES: Final = {
    "hide": _Change(("live",), "hidden", Keeping.hide),
    "show": _Change(("hidden",), "live", Keeping.show),
    "remove": _Change(("live", "hidden"), "removed", Keeping.remove),
    "restore": _Change(("removed",), "live", Keeping.restore),
}


@for_moderators
@answered
async def change_state(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Hide, show, remove or restore a document, unless somebody was faster."""
    action, document_id = parts
    words = context.words_for(moderator)
    card, changed = await context.in_keeping(
        _change_state,
        context.keeping,
        context.records,
        _CHANGES[action],
        document_id,
        identity(moderator.id),
    )
    done = _done(action, words) if changed else ""
    await show(message, _render_card(context, moderator, card, list_text_of(message), done))
    if changed:
        return done
    if card.document.state == _CHANGES[action].state:
        return words.gettext("Already done by {name}.").format(name=card.changed_by)
    return _changed_meanwhile(card, words)


def _change_state(
    keeping: Keeping, records: Records, change: _Change, document_id: str, by: str
) -> tuple[Card, bool]:
    """Make a change if it can be made now; the card as it is then."""
    changed = keeping.store.document(document_id).state in change.states
    if changed:
        change.make(keeping, document_id, by)
    return _load_card(keeping, records, document_id), changed


def _done(action: str, words: NullTranslations) -> str:
    return {
        "hide": words.gettext("Hidden: it is not found any more."),
        "show": words.gettext("It is found again."),
        "remove": words.ngettext(
            "Removed: it is not found any more. Inline results that were shown before may stay for "
            "{n} second.",
            "Removed: it is not found any more. Inline results that were shown before may stay for "
            "{n} seconds.",
            CACHE_SECONDS,
        ).format(n=CACHE_SECONDS),
        "restore": words.gettext("Restored: it is found again."),
    }[action]


def _changed_meanwhile(card: Card, words: NullTranslations) -> str:
    return words.gettext("{name} has changed this document meanwhile.").format(name=card.changed_by)


@for_moderators
@answered
async def undo(message: Message, context: Context, moderator: User, parts: list[str]) -> str | None:
    """Take back what was done on a card, or what was taken back."""
    _, revision, document_id = parts
    attempt = await context.in_keeping(
        take_back,
        context.keeping,
        context.records,
        document_id,
        int(revision),
        identity(moderator.id),
    )
    told = attempt.told(context.words_for(moderator))
    done = told if attempt.outcome == "done" else ""
    card = await _card(context, document_id)
    await show(message, _render_card(context, moderator, card, list_text_of(message), done))
    return told


@for_moderators
@answered
async def check_in(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Set the day by which to check a document again."""
    _, months, document_id = parts
    words = context.words_for(moderator)
    check_by = in_months(today(), int(months)) if int(months) else None
    card, changed = await context.in_keeping(
        _edit,
        context.keeping,
        context.records,
        document_id,
        identity(moderator.id),
        {"check_by": check_by},
    )
    done = words.gettext("Changed.") if changed else ""
    await show(message, _render_card(context, moderator, card, list_text_of(message), done))
    return done or _is_so(words)


def _edit(
    keeping: Keeping, records: Records, document_id: str, by: str, metadata: Metadata
) -> tuple[Card, bool]:
    """Edit a document; the card as it is then, and whether anything differs."""
    before = keeping.store.document(document_id)
    after = keeping.edit(document_id, by, **metadata)
    return _load_card(keeping, records, document_id), before.revision != after.revision


def _is_so(words: NullTranslations) -> str:
    return words.gettext("It is so already.")


# --- values ---------------------------------------------------------------------------------


@for_moderators
@answered
async def ask_for_value(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Ask for another title, date or link, or for the day to check a document."""
    field, document_id = _field(parts[0]), parts[1]
    await context.in_keeping(context.keeping.store.document, document_id)
    await ask(
        context,
        message,
        fields.question(field, context.words_for(moderator)),
        # The card is brought up to date later, and must still know its list.
        subject=f"do:{field}:{document_id}:{list_text_of(message)}",
        card_id=message.message_id,
    )
    return None


async def receive_reply(update: Update, context: Context, moderator: User, prompt: Prompt) -> None:
    """Take a moderator's reply to what this module asked for."""
    if (message := update.message) is None:
        return
    await context.in_records(context.records.prompts.settle, prompt.chat_id, prompt.message_id)
    _, name, document_id, *rest = prompt.subject.split(":", 3)
    if name == "replace":
        await adding.receive(update, context, moderator, document_id)
        return
    words = context.words_for(moderator)
    field = _field(name)
    metadata = fields.parse(field, message.text or "")
    if metadata is None:
        text = " ".join([words.gettext("This will not do."), fields.question(field, words)])
        await ask(context, message, text, subject=prompt.subject, card_id=prompt.card_id)
        return
    try:
        card, changed = await context.in_keeping(
            _edit,
            context.keeping,
            context.records,
            document_id,
            identity(moderator.id),
            metadata,
        )
    except MissingError:
        await message.reply_text(words.gettext("This document is gone: nothing was changed."))
        return
    if changed:
        await reply(message, render_change(card.document, card.change, words))
    else:
        await message.reply_text(_is_so(words))
    if prompt.card_id is not None:
        rendered = _render_card(context, moderator, card, rest[0])
        with harmless(NOT_MODIFIED, NO_MESSAGE):
            await context.bot.edit_message_text(
                rendered.text,
                prompt.chat_id,
                prompt.card_id,
                entities=rendered.entities,
                reply_markup=rendered.keyboard,
            )


def _field(name: str) -> fields.Field:
    return next(field for field in fields.FIELDS if field == name)


# --- reminders ------------------------------------------------------------------------------


@for_moderators
@answered
async def still_true(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Keep that a document was checked, and show the reminder without it."""
    words = context.words_for(moderator)
    confirmed, card = await context.in_keeping(
        _confirm, context.keeping, context.records, parts[0], identity(moderator.id), today()
    )
    if (keyboard := message.reply_markup) is not None:
        pressed = [str(button.callback_data) for row in keyboard.inline_keyboard for button in row]
        ids = [name.removeprefix("do:card:") for name in pressed if name.startswith("do:card:")]
        documents = await context.in_keeping(_there, context.keeping, ids)
        if documents:
            await show(message, render_reminder(documents, reader_of(context, moderator)))
    return words.gettext("Thank you!") if confirmed else _changed_meanwhile(card, words)


def _confirm(
    keeping: Keeping, records: Records, document_id: str, by: str, day: date
) -> tuple[bool, Card]:
    confirmed = confirm(keeping, document_id, by, day)
    return confirmed, _load_card(keeping, records, document_id)


def _there(keeping: Keeping, ids: list[str]) -> list[Document]:
    """The documents with these ids, in their order; purged ones are left out."""
    documents = {document.id: document for document in keeping.store.documents(*STATES)}
    return [documents[document_id] for document_id in ids if document_id in documents]
