"""Asking a moderator for a value, and getting it with their reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import ForceReply

from bot.records.prompts import Prompt

if TYPE_CHECKING:
    from telegram import Message

    from bot.context import Context


async def ask(
    context: Context, message: Message, text: str, *, subject: str, card_id: int | None = None
) -> None:
    """Ask for a value under a message; the reply comes to the subject's module.

    Args:
        context: The handler's.
        message: In whose chat, and in reply to which, it is asked.
        text: The question.
        subject: The module's prefix, and what is asked for: "dr:title:1f2e3d4c".
        card_id: The message to bring up to date once the reply is there.
    """
    question = await message.reply_text(text, reply_markup=ForceReply())
    await context.in_records(
        context.records.prompts.ask,
        Prompt(question.chat_id, question.message_id, subject, card_id),
    )
