"""Questions in a private chat, and what becomes of their answers when they are edited."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from telegram import ReplyParameters
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bot.asking import Asked, ask, remark_on, settle
from bot.composing import Rendered
from bot.freshness import today
from bot.handlers.checks import NO_MESSAGE, NOT_MODIFIED, still_verbatim
from bot.handlers.limiting import limited
from bot.handlers.wishes import keep_question
from bot.rendering import render_answer
from bot.smalltalk import strip_greeting

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.asking import Asking
    from bot.context import Context

_NOT_EDITABLE: Final = "message can't be edited"
# As in groups; in a private chat nobody needs it, but it is what some are used to.
_COMMAND: Final = re.compile(r"\A/ask(?:@\w+)?(?:\s+|$)")


@limited
async def answer_question(update: Update, context: Context) -> None:
    """Answer a question with a quote, or say honestly that there is none; return a greeting."""
    if (message := update.message) is not None and message.text is not None:
        await _answer(message, context, None)


async def answer_edited(update: Update, context: Context) -> None:
    """Answer an edited question in the place of its old answer, where that is still known."""
    message = update.edited_message
    if message is None or message.text is None:
        return
    earlier = context.memory.of_question(message.chat_id, message.message_id)
    if earlier is None:
        await _answer(message, context, None)
    elif strip_greeting(_question(message)) != earlier.question:
        await _answer(message, context, earlier.answer_id)


@limited
async def ask_for_text(update: Update, context: Context) -> None:
    """Say that photos, stickers and voice messages cannot be read."""
    if (message := update.message) is None:
        return
    await message.reply_text(
        context.words_for(message.from_user).gettext(
            "I can only read text so far. Please write me your question."
        )
    )


async def _answer(message: Message, context: Context, answer_id: int | None) -> None:
    asked = Asked.by(message, "private", _question(message))
    if (remark := remark_on(context, asked)) is not None:
        await _show(message, Rendered(remark, ()), answer_id)
        return
    asking, _ = await asyncio.gather(ask(context, asked), _show_typing(message))
    shown_id = await _show(message, await _rendered(context, asking), answer_id)
    await settle(context, asking, shown_id)


def _question(message: Message) -> str:
    """What a message asks, without the command before it."""
    return _COMMAND.sub("", (message.text or "").strip(), count=1)


async def _rendered(context: Context, asking: Asking) -> Rendered:
    answer, words = asking.answer, asking.words
    # Without inline queries there is nothing to take to another chat.
    shared = asking.topic if context.bot.supports_inline_queries else ""
    rendered = render_answer(
        answer,
        asking.voice,
        words,
        today=today(),
        shared=shared,
        translation=asking.translation,
    )
    if not answer.answered:
        keyboard = await keep_question(context, asking.asked.chat_id, asking.topic, asking.voice)
        return Rendered(rendered.text, rendered.entities, keyboard)
    if not still_verbatim(rendered, answer.hits[0], asking.document_text):
        return Rendered(words.gettext("This document has just changed. Please ask again."), ())
    return rendered


async def _show(message: Message, rendered: Rendered, answer_id: int | None) -> int:
    """Put an answer in the place of an old one, or send it in reply to the question.

    Returns:
        The id of the message with the answer.
    """
    if answer_id is not None:
        try:
            await message.get_bot().edit_message_text(
                rendered.text,
                message.chat_id,
                answer_id,
                entities=rendered.entities,
                reply_markup=rendered.keyboard,
            )
        except BadRequest as error:
            reason = error.message.lower()
            if NOT_MODIFIED in reason:
                return answer_id
            # The asker has deleted it, or it is none that can be changed.
            if NO_MESSAGE not in reason and _NOT_EDITABLE not in reason:
                raise
        else:
            return answer_id
    sent = await message.reply_text(
        rendered.text,
        entities=rendered.entities,
        reply_markup=rendered.keyboard,
        # Where the question was deleted meanwhile, the answer comes all the same.
        reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
    )
    return sent.message_id


async def _show_typing(message: Message) -> None:
    # A courtesy: where it fails, the answer must come all the same.
    with suppress(TelegramError):
        await message.chat.send_action(ChatAction.TYPING)
