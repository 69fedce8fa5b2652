"""Questions that are edited after they were asked, in private chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telegram.ext import MessageHandler, filters

from bot.handlers.chats import BY_PERSON
from bot.handlers.guard import is_moderator
from bot.handlers.limiting import limited
from bot.handlers.private import is_document
from bot.handlers.questions import answer_edited

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import BaseHandler

    from bot.context import Context

_EDITED: Final = filters.UpdateType.EDITED_MESSAGE & filters.ChatType.PRIVATE & BY_PERSON


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [MessageHandler(_EDITED & filters.TEXT & ~filters.COMMAND, limited(receive))]


async def receive(update: Update, context: Context) -> None:
    """Answer an edited question anew; what moderators sent to be added is none."""
    message = update.edited_message
    if message is None or message.from_user is None:
        return
    known = context.memory.of_question(message.chat_id, message.message_id) is not None
    # A reply may be a moderator's to a prompt: only what was a question before is one now.
    if not known and (
        message.reply_to_message is not None
        or (is_document(message) and await is_moderator(context, message.from_user))
    ):
        return
    await answer_edited(update, context)
