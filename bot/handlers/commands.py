"""Commands that there are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telegram import Update

    from bot.context import Context


async def name_unknown_command(update: Update, context: Context) -> None:
    """Say that there is no such command."""
    if (message := update.message) is None:
        return
    await message.reply_text(
        context.words_for(message.from_user).gettext(
            "I do not know this command. Just write me your question; /help shows examples."
        )
    )
