"""What the bot does with each kind of update.

Handlers are tried in order, and the first that fits is the only one that runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import (
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.handlers.commands import greet, help_asker, name_unknown_command
from bot.handlers.failures import report_failure
from bot.handlers.inline import answer_inline_query
from bot.handlers.pages import turn_page
from bot.handlers.questions import answer_question, ask_for_text

if TYPE_CHECKING:
    from telegram import Message

    from bot.context import App


class _FromPerson(filters.MessageFilter):
    """Messages that a person wrote: no bot's, and nothing sent through a bot.

    The latter matters in the private chat: an inline result that is sent there is a quote,
    not a question.
    """

    def filter(self, message: Message) -> bool:
        sender = message.from_user
        return sender is not None and not sender.is_bot and message.via_bot is None


def add_handlers(application: App) -> None:
    """Register every handler. Edited messages, channel posts and group talk reach none."""
    from_person = filters.UpdateType.MESSAGE & _FromPerson()
    private = from_person & filters.ChatType.PRIVATE
    application.add_handlers(
        [
            CommandHandler("start", greet, filters=from_person),
            CommandHandler("help", help_asker, filters=from_person),
            MessageHandler(private & filters.COMMAND, name_unknown_command),
            MessageHandler(private & filters.TEXT, answer_question),
            MessageHandler(private & ~filters.StatusUpdate.ALL, ask_for_text),
            CallbackQueryHandler(turn_page),
            InlineQueryHandler(answer_inline_query),
        ]
    )
    application.add_error_handler(report_failure)
