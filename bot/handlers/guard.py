"""Stands before every handler that is for moderators or owners only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias

from telegram import Update, User

from bot.context import Context
from bot.handlers.checks import STALE_QUERY, harmless
from bot.handlers.commands import name_unknown_command
from bot.menus import show_menu

if TYPE_CHECKING:
    from bot.records.moderators import Moderator

Guarded: TypeAlias = Callable[[Update, Context, User], Awaitable[None]]
Handler: TypeAlias = Callable[[Update, Context], Coroutine[Any, Any, None]]


def for_moderators(handler: Guarded) -> Handler:
    """Let only those through who are moderators at this very moment.

    To others a command is one that there is not, and a button says so; nothing is changed.
    """

    @wraps(handler)
    async def guarded(update: Update, context: Context) -> None:
        user = update.effective_user
        if user is None or not await is_moderator(context, user):
            await _refuse(update, context)
        else:
            await handler(update, context, user)

    return guarded


def for_owners(handler: Guarded) -> Handler:
    """Let only owners through; see `for_moderators`."""

    @wraps(handler)
    async def guarded(update: Update, context: Context) -> None:
        user = update.effective_user
        if user is None or not context.roles.is_owner(user.id):
            await _refuse(update, context)
        else:
            await _remember(context, user)
            await handler(update, context, user)

    return guarded


async def is_moderator(context: Context, user: User) -> bool:
    """Whether someone is a moderator now; whoever is, is remembered by name."""
    if user.is_bot or not await context.roles.is_moderator(context.bot, user.id):
        return False
    await _remember(context, user)
    return True


async def _remember(context: Context, user: User) -> None:
    """Keep the name for the audit trail, and show the commands in the menu."""
    moderators = context.records.moderators
    known: Moderator | None = await context.in_records(moderators.find, user.id)
    if known is None or (known.name, known.language_code) != (user.full_name, user.language_code):
        await context.in_records(moderators.remember, user.id, user.full_name, user.language_code)
    await show_menu(context, user.id, context.words_for(user))


async def _refuse(update: Update, context: Context) -> None:
    if (press := update.callback_query) is not None:
        words = context.words_for(press.from_user)
        with harmless(STALE_QUERY):
            await press.answer(words.gettext("Only moderators can do this."), show_alert=True)
    elif update.message is not None:
        await name_unknown_command(update, context)
