"""The buttons under an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Message
from telegram.constants import ChatType

from bot.answer_keyboard import keep_judgement, shared_question
from bot.freshness import today
from bot.handlers.checks import NO_MESSAGE, NOT_MODIFIED, STALE_QUERY, harmless, still_verbatim
from bot.pager import Pager
from bot.rendering import render_hit
from bot.voices import language_in

if TYPE_CHECKING:
    from telegram import CallbackQuery, Update

    from bot.context import Context


async def turn_page(update: Update, context: Context) -> None:
    """Show the hit that a button names; every press is answered exactly once."""
    if (press := update.callback_query) is None:
        return
    notice: str | None = None
    try:
        notice = await _show_hit(press, context)
    except Exception:
        words = context.words_for(press.from_user)
        notice = words.gettext("Something went wrong on my side. Please try again in a moment.")
        raise
    finally:
        with harmless(STALE_QUERY):
            await press.answer(notice)


async def _show_hit(press: CallbackQuery, context: Context) -> str | None:
    """Edit the message; what to tell the one who pressed, if anything."""
    try:
        pager = Pager.decode(press.data or "")
    except ValueError:
        return None  # the button between the arrows, or a forged one
    words = context.words(pager.reader)
    passage_id, best = pager.hits[pager.position]
    hit = await context.search.hit(passage_id, best)
    message = press.message
    if hit is None or not isinstance(message, Message) or not message.is_accessible:
        return words.gettext("This passage is no longer there. Please ask again.")
    around = await context.search.around(passage_id) if pager.wide else ()
    if pager.wide and len(around) < 2:
        return words.gettext("There is nothing else in this document.")
    rendered = render_hit(
        hit,
        pager.reader,
        words,
        pager,
        today=today(),
        compact=message.chat.type != ChatType.PRIVATE,
        shared=shared_question(message.reply_markup),
        around=around,
        translation=await context.search.translation(hit, language_in(pager.reader)),
    )
    document_text = await context.search.document_text(hit.document.id)
    if not still_verbatim(rendered, hit, document_text):
        return words.gettext("This document has just changed. Please ask again.")
    keyboard = rendered.keyboard and keep_judgement(message.reply_markup, rendered.keyboard)
    with harmless(NOT_MODIFIED, NO_MESSAGE):
        await message.edit_text(rendered.text, entities=rendered.entities, reply_markup=keyboard)
    return None
