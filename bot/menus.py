"""The commands that each kind of chat shows in its menu."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import NullTranslations

    from bot.context import Context

logger = logging.getLogger(__name__)


def member_commands(words: NullTranslations) -> list[BotCommand]:
    """What everybody sees in the private chat, with a word on each."""
    return _commands(
        {
            "help": words.gettext("How to ask"),
            "language": words.gettext("The language I speak"),
            "latest": words.gettext("The newest documents"),
            "sources": words.gettext("Where my quotes come from"),
            "privacy": words.gettext("What I keep, and what I know of you"),
            "forget": words.gettext("Forget what you know of me"),
        }
    )


def group_commands(words: NullTranslations, *, administrator: bool) -> list[BotCommand]:
    """What a group's members see there, or its administrators."""
    commands = {
        "ask": words.gettext("Ask a question"),
        "help": words.gettext("How to ask"),
    }
    if administrator:
        commands["settings"] = words.gettext("Settings of this group, for its administrators")
    return _commands(commands)


def moderator_commands(words: NullTranslations, *, owner: bool) -> list[BotCommand]:
    """What a moderator sees, or an owner, in the private chat: everybody's commands come last."""
    commands = {
        "add": words.gettext("Add a document"),
        "documents": words.gettext("Documents: list, edit, hide, remove"),
        "history": words.gettext("Who did what, and undo"),
        "undo": words.gettext("Take my last change back"),
        "gaps": words.gettext("Questions that found nothing"),
        "feeds": words.gettext("News feeds"),
        "stats": words.gettext("Statistics"),
        "export": words.gettext("All documents as a file"),
    }
    if owner:
        commands["moderators"] = words.gettext("Name and dismiss moderators")
    return [*_commands(commands), *member_commands(words)]


async def show_menu(context: Context, user_id: int, words: NullTranslations) -> None:
    """Show a moderator's commands in their private chat, once while the bot runs."""
    shown = context.bot_data.menus
    commands = moderator_commands(words, owner=context.roles.is_owner(user_id))
    if shown.get(user_id) == commands:
        return
    shown[user_id] = commands
    try:
        await context.bot.set_my_commands(commands, scope=BotCommandScopeChat(user_id))
    except TelegramError as error:
        # A convenience: the commands work without it.
        logger.warning("cannot show the moderators' menu: %s", error.message)


async def hide_menu(context: Context, user_id: int) -> None:
    """Take the moderators' commands away from someone who is none any more."""
    context.bot_data.menus.pop(user_id, None)
    try:
        await context.bot.delete_my_commands(scope=BotCommandScopeChat(user_id))
    except TelegramError as error:
        logger.warning("cannot take the moderators' menu away: %s", error.message)


def _commands(described: Mapping[str, str]) -> list[BotCommand]:
    return [BotCommand(name, description) for name, description in described.items()]
