"""/start, /help, and commands that there are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telegram import Update

    from bot.context import Context


async def greet(update: Update, context: Context) -> None:
    """Say what the bot is, how to ask it and what becomes of the question."""
    if (message := update.message) is None:
        return
    words = context.words_for(message.from_user)
    await message.reply_text(
        "\n\n".join(
            [
                words.gettext(
                    "Hello! I am Daviedka. I look for answers in the articles and guides that "
                    "your community trusts."
                ),
                words.gettext(
                    "I never write answers of my own: I quote the documents word for word and "
                    "always name the source."
                ),
                words.gettext(
                    "Just send me your question in your own words, in Belarusian, Russian, "
                    "Ukrainian, Polish, Lithuanian, English or German."
                ),
                words.gettext("Your questions are not stored."),
                words.gettext("/help shows examples."),
            ]
        )
    )


async def help_asker(update: Update, context: Context) -> None:
    """Show how to ask, with examples."""
    if (message := update.message) is None:
        return
    words = context.words_for(message.from_user)
    examples = [
        words.gettext("How can I renew my passport while living abroad?"),
        words.gettext("Which documents do I need for a residence permit?"),
        words.gettext("Where can children learn Belarusian?"),
    ]
    await message.reply_text(
        "\n\n".join(
            [
                words.gettext("Ask as you would ask a friend, in a whole sentence. For example:"),
                "\n".join(f"• {example}" for example in examples),
                words.gettext("The buttons ◀ and ▶ under an answer show further quotes."),
                words.gettext(
                    "To show a quote in another chat, write @{username} and your question there."
                ).format(username=context.bot.username),
                words.gettext("Where I find no answer, I say so and name the nearest titles."),
            ]
        )
    )


async def name_unknown_command(update: Update, context: Context) -> None:
    """Say that there is no such command."""
    if (message := update.message) is None:
        return
    await message.reply_text(
        context.words_for(message.from_user).gettext(
            "I do not know this command. Just write me your question; /help shows examples."
        )
    )
