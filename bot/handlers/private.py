"""Whatever comes in a private chat and is no command; in groups, replies to the bot's prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import MessageEntity

from bot.asking import QUESTION_LENGTH
from bot.handlers import adding, documents, gaps
from bot.handlers.guard import is_moderator
from bot.handlers.questions import answer_question, ask_for_text

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.context import Context
    from bot.records.prompts import Prompt

# Which module asked, by the prefix of the prompt's subject.
_ASKERS: Final = {"dr": adding, "do": documents, "ga": gaps}


async def receive(update: Update, context: Context) -> None:
    """Take a moderator's reply or document; answer everything else as a question."""
    if (message := update.message) is None or (sender := message.from_user) is None:
        return
    if await receive_reply(update, context):
        return
    if is_document(message) and await is_moderator(context, sender):
        await adding.receive(update, context, sender)
    elif message.text is not None:
        await answer_question(update, context)
    else:
        await ask_for_text(update, context)


async def receive_in_group(update: Update, context: Context) -> None:
    """Take a moderator's reply to a prompt; other replies are not for the bot."""
    await receive_reply(update, context)


async def receive_reply(update: Update, context: Context) -> bool:
    """Hand a moderator's reply to the one who asked; False where the message is none."""
    message = update.message
    if message is None or message.from_user is None or message.reply_to_message is None:
        return False
    prompt: Prompt | None = await context.in_records(
        context.records.prompts.find, message.chat_id, message.reply_to_message.message_id
    )
    if prompt is None or not await is_moderator(context, message.from_user):
        return False
    asker = _ASKERS[prompt.subject.partition(":")[0]]
    await asker.receive_reply(update, context, message.from_user, prompt)
    return True


def is_document(message: Message) -> bool:
    """Whether a message is meant to be added rather than answered, if a moderator sent it.

    That is a file, something forwarded, an address and nothing else, or a text that is too
    long for a question.
    """
    if message.document is not None or message.forward_origin is not None:
        return True
    text = (message.text or "").strip()
    if len(text) > QUESTION_LENGTH:
        return True
    addresses = message.parse_entities([MessageEntity.URL]).values() if message.text else ()
    return any(address == text for address in addresses)
