"""What the bot does with each kind of update.

Handlers are tried in order, and the first that fits is the only one that runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import (
    CallbackQueryHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot import freshness, profile
from bot.handlers import (
    adding,
    channels,
    documents,
    edits,
    exporting,
    feedback,
    feeds,
    gaps,
    groups,
    history,
    members,
    membership,
    moderators,
    statistics,
)
from bot.handlers.chats import GROUP, PRIVATE
from bot.handlers.commands import name_unknown_command
from bot.handlers.failures import report_failure
from bot.handlers.inline import answer_inline_query, count_chosen
from bot.handlers.pages import turn_page
from bot.handlers.private import receive, receive_in_group
from bot.handlers.questions import answer_question

if TYPE_CHECKING:
    from bot.context import App

_MODULES = (
    adding,
    documents,
    history,
    gaps,
    feeds,
    statistics,
    exporting,
    moderators,
    channels,
    members,
    groups,
    membership,
    feedback,
    edits,
)


def add_handlers(application: App) -> None:
    """Register every handler. The talk of groups reaches none."""
    application.add_handlers(membership.gate(), group=-1)
    for module in _MODULES:
        application.add_handlers(module.handlers())
    application.add_handlers(
        [
            CommandHandler("ask", answer_question, filters=PRIVATE),
            MessageHandler(PRIVATE & filters.COMMAND, name_unknown_command),
            MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, receive),
            MessageHandler(
                GROUP & filters.REPLY & (filters.TEXT | filters.ATTACHMENT), receive_in_group
            ),
            CallbackQueryHandler(turn_page),
            InlineQueryHandler(answer_inline_query),
        ]
    )
    # In a group of its own: what is counted is judged, too.
    application.add_handler(ChosenInlineResultHandler(count_chosen), group=1)
    application.add_error_handler(report_failure)


def schedule_jobs(application: App) -> None:
    """Begin what goes on by the clock, once the application runs."""
    for schedule in (
        adding.schedule,
        channels.schedule,
        feeds.schedule,
        freshness.schedule,
        gaps.schedule,
        profile.schedule,
    ):
        schedule(application)
