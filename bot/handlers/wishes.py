"""Questions that found nothing are kept without who asked; who wishes is told of an answer."""

from __future__ import annotations

import hashlib
import hmac
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from telegram import Message
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import CallbackQueryHandler

from bot.anonymity import is_anonymous
from bot.freshness import today
from bot.gap_cards import render_told, wish_keyboard
from bot.handlers.checks import NO_MESSAGE, NOT_MODIFIED, STALE_QUERY, harmless, still_verbatim
from bot.handlers.recording import recorded
from bot.rendering import render_answer
from bot.voices import VOICES, language_in
from corpus.errors import MissingError

if TYPE_CHECKING:
    from collections.abc import Collection

    from telegram import InlineKeyboardMarkup, MaybeInaccessibleMessage, Update
    from telegram.ext import BaseHandler

    from bot.composing import Rendered
    from bot.context import Context
    from bot.records.gaps import Question, Wish
    from bot.voices import Voice
    from corpus.models import Document
    from corpus.store import Store

logger = logging.getLogger(__name__)

# Who presses the wrong button takes it back before anybody is told.
TELLING_DELAY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Decision:
    """What moderators decided on, for the job that tells of it.

    Attributes:
        ids: The questions.
        document_id: The document that they named as the answer, if any.
    """

    ids: frozenset[int]
    document_id: str | None


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    voices = "|".join(VOICES)
    return [
        CallbackQueryHandler(
            press_button, pattern=rf"^te:(on|off|ask):[0-9]{{1,18}}:({voices}):[0-9a-f]{{16}}$"
        )
    ]


async def keep_question(
    context: Context, chat_id: int, asked: str, reader: Voice
) -> InlineKeyboardMarkup | None:
    """Keep a question that found nothing, without who asked it, and offer to tell of an answer.

    Args:
        context: The handler's.
        chat_id: Goes into the button only, so that it works in this chat alone.
        asked: The question.
        reader: How its asker is spoken to.

    Returns:
        The button; None where the question may not or cannot be kept. See `is_anonymous`.
    """
    if not is_anonymous(asked):
        return None
    question_id = await recorded(
        context, context.records.gaps.keep, " ".join(asked.split()), language_in(reader), today()
    )
    if question_id is None:
        return None
    ticket = _ticket(context, chat_id, question_id, reader)
    return wish_keyboard(ticket, context.words(reader), wished=False)


async def press_button(update: Update, context: Context) -> None:
    """Keep or forget that the one who presses wants to be told, or count that they ask for it."""
    if (press := update.callback_query) is None or press.data is None:
        return
    _, action, ticket = press.data.split(":", 2)
    number, voice, _ = ticket.split(":")
    reader = next(known for known in VOICES if known == voice)
    question_id, chat_id = int(number), press.from_user.id
    words, gaps = context.words(reader), context.records.gaps
    keyboard: InlineKeyboardMarkup | None = None
    wished, told = _pressed_before(press.message)
    notice = words.gettext("Something went wrong on my side. Please try again in a moment.")
    try:
        # Without it, anyone could have other people's questions told to them, by their numbers.
        genuine = hmac.compare_digest(ticket, _ticket(context, chat_id, question_id, reader))
        if not genuine:
            notice = words.gettext("This button is too old. Please ask again.")
        elif action == "off":
            await context.in_records(gaps.withdraw, chat_id, question_id)
            notice = words.gettext("I have forgotten your wish.")
            keyboard = wish_keyboard(ticket, words, wished=False, told=told)
        elif action == "ask":
            if told or await context.in_records(gaps.ask_for, question_id):
                notice = words.gettext("Thank you. The moderators will see it further up.")
            else:
                notice = words.gettext("This button is too old. Please ask again.")
            keyboard = wish_keyboard(ticket, words, wished=wished, told=True)
        elif await context.in_records(gaps.wish, chat_id, question_id, today()):
            notice = words.ngettext(
                "I will tell you once. After {count} day without an answer I forget your wish.",
                "I will tell you once. After {count} days without an answer I forget your wish.",
                context.settings.gap_days,
            ).format(count=context.settings.gap_days)
            keyboard = wish_keyboard(ticket, words, wished=True, told=told)
        else:
            notice = words.gettext("This button is too old. Please ask again.")
    finally:
        with harmless(STALE_QUERY):
            await press.answer(notice)
    own = isinstance(press.message, Message) and press.message.chat_id == chat_id
    if own and keyboard is not None:
        with harmless(NOT_MODIFIED, NO_MESSAGE):
            await press.edit_message_reply_markup(keyboard)


def _pressed_before(message: MaybeInaccessibleMessage | None) -> tuple[bool, bool]:
    """Whether somebody wishes to be told already, and whether the moderators were told."""
    keyboard = message.reply_markup if isinstance(message, Message) else None
    shown = (
        [str(button.callback_data) for row in keyboard.inline_keyboard for button in row]
        if keyboard
        else []
    )
    wished = any(data.startswith("te:off:") for data in shown)
    return wished, bool(shown) and not any(data.startswith("te:ask:") for data in shown)


async def tell_of_decision(context: Context) -> None:
    """The job that tells those who wait of one decision."""
    if context.job is not None and isinstance(context.job.data, Decision):
        await tell(context, context.job.data.ids, context.job.data.document_id)


async def tell(
    context: Context, ids: Collection[int] | None = None, document_id: str | None = None
) -> None:
    """Tell those who wait of what moderators have decided, each of them once.

    A wish is forgotten before its message is sent: should the process die between the two, it is
    never told rather than told twice.

    Args:
        context: Any.
        ids: Only of these questions; of all where it is None.
        document_id: The document that moderators named as the answer.
    """
    gaps = context.records.gaps
    named = await _live_document(context, document_id)
    for wish, question in await context.in_records(gaps.due):
        if ids is not None and question.id not in ids:
            continue
        rendered = await _told(context, wish, question, named)
        if not await context.in_records(gaps.withdraw, wish.chat_id, question.id):
            continue  # not wished any more
        try:
            await context.bot.send_message(
                wish.chat_id,
                rendered.text,
                entities=rendered.entities,
                reply_markup=rendered.keyboard,
            )
        except TelegramError as error:
            logger.warning("cannot tell of an answer: %s", type(error).__name__)
            if _passes(error):
                await context.in_records(gaps.wish, wish.chat_id, question.id, wish.day)


async def _told(
    context: Context, wish: Wish, question: Question, named: Document | None
) -> Rendered:
    # Where there are wishes, the chat is private, and its id is the user's.
    reader = context.bot_data.voices.get(wish.chat_id, wish.language)
    words = context.words(reader)
    answer = await context.search.search(question.text)
    quote: Rendered | None = None
    if answer.answered and question.state == "done":
        hit = answer.hits[0]
        quote = render_answer(answer, reader, words, today=today())
        text = await context.search.document_text(hit.document.id)
        if not still_verbatim(quote, hit, text):
            quote = None
    nearest = answer.hits[0].document if answer.hits else None
    return render_told(question.text, question.state, quote, named or nearest, words)


async def _live_document(context: Context, document_id: str | None) -> Document | None:
    if document_id is None:
        return None
    return await context.in_keeping(_find, context.keeping.store, document_id)


def _find(store: Store, document_id: str) -> Document | None:
    try:
        document = store.document(document_id)
    except MissingError:
        return None
    return document if document.state == "live" else None


def _passes(error: TelegramError) -> bool:
    """Whether a message has surely not arrived, and may later."""
    if isinstance(error, RetryAfter):
        return True
    return isinstance(error, NetworkError) and not isinstance(error, (BadRequest, TimedOut))


def _ticket(context: Context, chat_id: int, question_id: int, reader: Voice) -> str:
    """Names a question, and proves that it was asked in a chat."""
    named = f"{question_id}:{reader}"
    proof = hashlib.blake2b(
        f"{named}:{chat_id}".encode(), key=context.bot.token.encode()[:64], digest_size=8
    )
    return f"{named}:{proof.hexdigest()}"
