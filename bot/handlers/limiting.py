"""Stands before every handler that answers whoever asks; see `bot/limits.py`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias

from telegram import Message, ReplyParameters, Update
from telegram.error import TelegramError

from bot.context import Context

if TYPE_CHECKING:
    from bot.limits import Admission

Limited: TypeAlias = Callable[[Update, Context], Awaitable[None]]
Handler: TypeAlias = Callable[[Update, Context], Coroutine[Any, Any, None]]

logger = logging.getLogger(__name__)


def limited(handler: Limited) -> Handler:
    """Let those through who have not asked too much.

    At the first excess there is one word, and silence after it until the limit lets more through.
    What is for moderators is not to be limited.
    """

    @wraps(handler)
    async def guarded(update: Update, context: Context) -> None:
        if await admit(update, context):
            await handler(update, context)

    return guarded


async def admit(update: Update, context: Context) -> bool:
    """Whether a message is answered; who asks too much is told so here, once."""
    message = update.effective_message
    if message is None or (sender := message.from_user) is None:
        return True
    # Whoever writes in the name of a chat has a user in common with everybody else who does.
    asker = message.sender_chat or sender
    admission = context.limits.admit(asker.id, message.chat_id)
    if not admission.admitted:
        logger.info("a question too many in a %s chat", message.chat.type)
    if admission.tell:
        await _tell(message, admission, context)
    return admission.admitted


async def _tell(message: Message, admission: Admission, context: Context) -> None:
    words = context.words_for(message.from_user)
    text = words.ngettext(
        "So many questions at once! Please wait {count} second, then ask again.",
        "So many questions at once! Please wait {count} seconds, then ask again.",
        admission.wait,
    ).format(count=admission.wait)
    # A courtesy: where it fails, there is nothing to be done.
    with suppress(TelegramError):
        await message.reply_text(
            text,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        )
