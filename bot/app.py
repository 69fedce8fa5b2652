"""Builds the Telegram application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telegram import LinkPreviewOptions, Update
from telegram.ext import AIORateLimiter, ApplicationBuilder, ContextTypes, Defaults, JobQueue

from bot.bridge import THREADS, AsyncSearch, Threads
from bot.context import Context, Services
from bot.handlers import add_handlers, schedule_jobs
from bot.limits import Limits
from bot.messages import Messages
from bot.roles import Roles

if TYPE_CHECKING:
    from bot.bridge import Search
    from bot.context import App
    from bot.keeping import Keeping
    from bot.records.database import Records
    from bot.settings import Settings

# Telegram keeps everything else to itself: what is not asked for cannot leak.
ALLOWED_UPDATES: Final = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT,
    Update.CALLBACK_QUERY,
    Update.MESSAGE_REACTION,
    Update.CHANNEL_POST,
    Update.EDITED_CHANNEL_POST,
    Update.MY_CHAT_MEMBER,
)
CONCURRENT_UPDATES: Final = 256
# One slow page does not keep everybody's files waiting.
READING_THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class Backend:
    """What stands behind the chat; all of it is synchronous.

    Attributes:
        settings: What the operator has set.
        search: Answers the questions; called from several threads at once.
        keeping: Changes the corpus.
        records: Keeps what the bot has to remember besides.
    """

    settings: Settings
    search: Search
    keeping: Keeping
    records: Records


def build_application(
    token: str, backend: Backend, *, base_url: str | None = None, threads: int = THREADS
) -> App:
    """Build the bot, ready for `run_polling(allowed_updates=ALLOWED_UPDATES)`.

    Args:
        token: As given by BotFather.
        backend: Stays open until the application has shut down.
        base_url: A Bot API server's address, "https://…"; Telegram's own where it is None.
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
        .job_queue(JobQueue[Context]())
        .post_shutdown(_close)
    )
    if base_url is not None:
        builder = builder.base_url(f"{base_url}/bot").base_file_url(f"{base_url}/file/bot")
    application = builder.build()
    services = application.bot_data
    services.settings = backend.settings
    services.messages = Messages()
    services.voices = backend.records.languages.chosen()
    services.search = AsyncSearch(backend.search, threads=threads)
    services.keeping = backend.keeping
    services.keeping_thread = Threads(1, "keeping")
    services.records = backend.records
    services.records_thread = Threads(1, "records")
    services.reading_threads = Threads(READING_THREADS, "reading")
    services.roles = Roles(
        backend.settings.owners,
        backend.settings.moderator_chat,
        backend.records.moderators,
        services.records_thread,
    )
    services.limits = Limits(
        backend.settings.questions_per_minute, backend.settings.chat_questions_per_minute
    )
    add_handlers(application)
    schedule_jobs(application)
    return application


async def _close(application: App) -> None:
    application.bot_data.close()
