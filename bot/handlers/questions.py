"""Questions in a private chat."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.handlers.checks import still_verbatim
from bot.messages import choose_language
from bot.rendering import render_answer
from bot.smalltalk import find_small_talk, reply, strip_greeting

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.context import Context

# Beyond this a text is no question but a document, and costs the encoder for nothing.
QUESTION_LENGTH: Final = 1000


async def answer_question(update: Update, context: Context) -> None:
    """Answer a question with a quote, or say honestly that there is none; return a greeting."""
    message = update.message
    if message is None or message.text is None:
        return
    words = context.words_for(message.from_user)
    question = message.text.strip()
    code = message.from_user.language_code if message.from_user else None
    if (talk := find_small_talk(question)) is not None:
        await message.reply_text(reply(talk.kind, context.words(talk.language(code))))
        return
    if not any(character.isalnum() for character in question):
        await message.reply_text(words.gettext("Please write your question in words."))
        return
    if len(question) > QUESTION_LENGTH:
        await message.reply_text(
            words.ngettext(
                "Your question is too long. Please keep it within {limit} character.",
                "Your question is too long. Please keep it within {limit} characters.",
                QUESTION_LENGTH,
            ).format(limit=QUESTION_LENGTH)
        )
        return

    answer, _ = await asyncio.gather(
        context.search.search(strip_greeting(question)), _show_typing(message)
    )
    reader = choose_language(answer.language, code)
    words = context.words(reader)
    rendered = render_answer(answer, reader, words)
    if answer.answered and not still_verbatim(
        rendered,
        answer.hits[0],
        await context.search.document_text(answer.hits[0].document.id),
    ):
        await message.reply_text(words.gettext("This document has just changed. Please ask again."))
        return
    await message.reply_text(
        rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
    )


async def ask_for_text(update: Update, context: Context) -> None:
    """Say that photos, stickers and voice messages cannot be read."""
    if (message := update.message) is None:
        return
    await message.reply_text(
        context.words_for(message.from_user).gettext(
            "I can only read text so far. Please write me your question."
        )
    )


async def _show_typing(message: Message) -> None:
    # A courtesy: where it fails, the answer must come all the same.
    with suppress(TelegramError):
        await message.chat.send_action(ChatAction.TYPING)
