"""/export: all documents as one file, to moderators only."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from telegram.constants import ChatAction, ChatType, FileSizeLimit
from telegram.error import Forbidden
from telegram.ext import CommandHandler

from bot.freshness import today
from bot.handlers.chats import FROM_PERSON
from bot.handlers.guard import for_moderators
from bot.voices import write_date
from corpus.export import export_files, write_zip
from corpus.models import STATES

if TYPE_CHECKING:
    from gettext import NullTranslations

    from telegram import Update, User
    from telegram.ext import BaseHandler

    from bot.context import Context
    from corpus.store import Store

_MEGABYTE: Final = 1_000_000
# As large as Telegram takes a file from a bot, in bytes.
SIZE_LIMIT: Final = int(FileSizeLimit.FILESIZE_UPLOAD)


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [CommandHandler("export", export, filters=FROM_PERSON)]


@for_moderators
async def export(update: Update, context: Context, moderator: User) -> None:
    """Send the corpus to the one who asks, in private."""
    if (message := update.message) is None:
        return
    words = context.words_for(moderator)
    in_private = message.chat.type == ChatType.PRIVATE
    try:
        await context.bot.send_chat_action(moderator.id, ChatAction.UPLOAD_DOCUMENT)
        await _send(context, moderator, words)
    except Forbidden:
        if in_private:
            raise
        await message.reply_text(
            words.gettext("I may not write to you: start a private chat with me first.")
        )
        return
    if not in_private:
        await message.reply_text(words.gettext("I have sent it to you in private."))


async def _send(context: Context, moderator: User, words: NullTranslations) -> None:
    """Send the file, or say why not.

    Raises:
        Forbidden: The moderator has no private chat with the bot.
    """
    with tempfile.TemporaryDirectory(prefix="daviedka-") as directory:
        path = Path(directory) / f"daviedka-{today()}.zip"
        count = await context.in_reading(_write, context.keeping.store, path)
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            await context.bot.send_message(
                moderator.id,
                words.gettext(
                    "The export has {size} MB, and Telegram takes {limit} MB from a bot. Whoever "
                    "runs it can write it to a file: daviedka export corpus.zip"
                ).format(size=-(-size // _MEGABYTE), limit=SIZE_LIMIT // _MEGABYTE),
            )
            return
        day = write_date(today(), context.voice_of(moderator))
        caption = words.ngettext(
            "{count} document, hidden and removed ones among them, with its whole history. {size} "
            "MB, {date}",
            "{count} documents, hidden and removed ones among them, with their whole history. "
            "{size} MB, {date}",
            count,
        ).format(count=count, size=f"{size / _MEGABYTE:.1f}", date=day)
        # Read at once: the library would do so on the event loop.
        content = await context.in_reading(path.read_bytes)
        await context.bot.send_document(moderator.id, content, filename=path.name, caption=caption)


def _write(store: Store, path: Path) -> int:
    """Write the export to a file; how many documents are in it."""
    with path.open("xb") as stream:
        write_zip(export_files(store.database), stream)
    return len(store.documents(*STATES))
