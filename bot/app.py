"""Builds the Telegram application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import LinkPreviewOptions, Update
from telegram.ext import AIORateLimiter, ApplicationBuilder, ContextTypes, Defaults

from bot.bridge import THREADS, AsyncSearch
from bot.context import Context, Services
from bot.handlers import add_handlers
from bot.messages import Messages

if TYPE_CHECKING:
    from bot.bridge import Search
    from bot.context import App

# Telegram keeps everything else to itself: what is not asked for cannot leak.
ALLOWED_UPDATES: Final = (Update.MESSAGE, Update.INLINE_QUERY, Update.CALLBACK_QUERY)
CONCURRENT_UPDATES: Final = 256


def build_application(
    token: str, search: Search, *, base_url: str | None = None, threads: int = THREADS
) -> App:
    """Build the bot, ready for `run_polling(allowed_updates=ALLOWED_UPDATES)`.

    Args:
        token: As given by BotFather.
        search: Answers the questions; called from several threads at once.
        base_url: A Bot API server's address up to the token, "https://…/bot"; Telegram's own
            where it is None.
        threads: How many searches run at the same time.

    Raises:
        telegram.error.InvalidToken: The token is empty. Where Telegram itself rejects it, the
            same is raised when the application starts, with the token in its message.
    """
    builder = (
        ApplicationBuilder()
        .token(token)
        .rate_limiter(AIORateLimiter(max_retries=3))
        .concurrent_updates(CONCURRENT_UPDATES)
        .context_types(ContextTypes(context=Context, bot_data=Services))
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .job_queue(None)
        .post_shutdown(_close)
    )
    if base_url is not None:
        builder = builder.base_url(base_url)
    application = builder.build()
    application.bot_data.search = AsyncSearch(search, threads=threads)
    application.bot_data.messages = Messages()
    add_handlers(application)
    return application


async def _close(application: App) -> None:
    application.bot_data.search.close()
