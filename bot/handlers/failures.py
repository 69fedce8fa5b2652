"""What happens when a handler fails."""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from telegram import Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Conflict, Forbidden, NetworkError, TelegramError

if TYPE_CHECKING:
    from bot.context import Context

logger = logging.getLogger(__name__)

# Their messages are Telegram's own words. Any other exception's may hold what was asked, or
# the token, and is not logged.
_TELLING: Final = (BadRequest, Conflict, Forbidden)


async def report_failure(update: object, context: Context) -> None:
    """Log a failure without anything that a person wrote, and tell the asker of it."""
    error = context.error
    if error is None:
        return
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        # It passes by itself, and its traceback leads through the HTTP client only.
        logger.warning("Telegram cannot be reached: %s", type(error).__name__)
    else:
        if context.job is not None:
            failed = f"the job {context.job.name}"
        else:
            failed = "polling" if update is None else "a handler"
        logger.error("%s failed: %s", failed, outline(error))
    if not isinstance(update, Update) or (message := update.message) is None:
        return
    if message.chat.type != ChatType.PRIVATE or isinstance(error, Forbidden):
        return
    words = context.words_for(message.from_user)
    # Where Telegram itself is what fails, this fails too, and has been logged above.
    with suppress(TelegramError):
        await message.reply_text(
            words.gettext("Something went wrong on my side. Please try again in a moment.")
        )


def outline(error: BaseException) -> str:
    """An exception's type and traceback, and those of its causes, without their messages."""
    links = []
    link: BaseException | None = error
    while link is not None:
        told = f": {link.message}" if isinstance(link, _TELLING) else ""
        frames = "".join(traceback.format_tb(link.__traceback__)).rstrip()
        links.append(f"{type(link).__name__}{told}\n{frames}".rstrip())
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\ncaused by ".join(links)
