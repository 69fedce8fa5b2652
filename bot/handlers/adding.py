"""Documents come in from the chat: a file, a link or a text, a card, and what is decided on it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from telegram.error import BadRequest, TelegramError
from telegram.ext import CommandHandler

from bot.composing import Rendered, shorten
from bot.draft_cards import render_batch
from bot.handlers import drafts
from bot.handlers.chats import FROM_PERSON
from bot.handlers.checks import NO_MESSAGE, NOT_MODIFIED, harmless
from bot.handlers.failures import outline
from bot.handlers.guard import for_moderators
from bot.handlers.prompting import ask
from bot.intake import (
    Reading,
    UploadedFile,
    WebPage,
    material_of,
    material_of_command,
    read_page,
    read_upload,
    read_writing,
)
from bot.records.moderators import identity
from corpus.errors import CorpusError
from corpus.readers import MAX_BYTES
from index.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from gettext import NullTranslations

    from telegram import Message, Update, User
    from telegram.ext import BaseHandler

    from bot.context import App, Context
    from bot.intake import Material
    from bot.records.drafts import StoredDraft
    from bot.records.prompts import Prompt
    from bot.voices import Voice

logger = logging.getLogger(__name__)

# Of what could not be added.
REASONS: Final = 10
REASON_LENGTH: Final = 300

# Of one archive; the files of a larger one are decided on together.
CARDS: Final = 10

DRAFTS_KEPT: Final = timedelta(days=30)
PROMPTS_KEPT: Final = timedelta(days=2)

_FILE_TOO_BIG: Final = "file is too big"


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [
        CommandHandler("add", add, filters=FROM_PERSON),
        *drafts.handlers(),
    ]


def schedule(application: App) -> None:
    """Let old drafts and prompts be forgotten, once a day and soon after the start."""
    if application.job_queue is not None:
        application.job_queue.run_repeating(forget_old, timedelta(days=1), first=60)


@for_moderators
async def add(update: Update, context: Context, moderator: User) -> None:
    """/add with a link or a text, in reply to what is to be added, or alone."""
    if (message := update.message) is None:
        return
    words = context.words_for(moderator)
    replied = message.reply_to_message
    if (material := material_of_command(message)) is not None:
        await _add(message, context, moderator, material)
    elif replied is not None:
        if (material := material_of(replied)) is None:
            await message.reply_text(_nothing_to_read(words))
        else:
            await _add(message, context, moderator, material)
    else:
        await ask(
            context,
            message,
            words.gettext("Reply to this message with a file, a link, a forwarded post or a text."),
            subject="dr:add",
        )


async def receive(
    update: Update, context: Context, moderator: User, replaces: str | None = None
) -> None:
    """Add what a moderator sent, without any command; perhaps in the place of a document."""
    if (message := update.message) is None:
        return
    if (material := material_of(message)) is None:
        await message.reply_text(_nothing_to_read(context.words_for(moderator)))
    else:
        await _add(message, context, moderator, material, replaces)


async def receive_reply(update: Update, context: Context, moderator: User, prompt: Prompt) -> None:
    """Take a moderator's reply to what this module asked for."""
    if (message := update.message) is None:
        return
    if prompt.subject == "dr:add":
        if material_of(message) is not None:
            prompts = context.records.prompts
            await context.in_records(prompts.settle, prompt.chat_id, prompt.message_id)
        await receive(update, context, moderator)
    else:
        await drafts.receive_value(message, context, moderator, prompt)


async def send_draft_card(
    context: Context, draft: StoredDraft, chat_id: int, voice: Voice | None = None
) -> None:
    """Send the card of a new draft to a chat.

    Args:
        context: A handler's or a job's.
        draft: Open.
        chat_id: Where moderators see it.
        voice: Of the card's words; the bot's usual one where it is None.

    Raises:
        StoreError: The database fails.
        EncodingError: The model fails.
        TelegramError: Telegram does not take it.
    """
    rendered = await drafts.render_card(context, draft, voice or context.voice_of(None))
    await context.bot.send_message(
        chat_id, rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
    )
    drafts.embed_ahead(context, draft)


# --- reading --------------------------------------------------------------------------------


async def _add(
    message: Message,
    context: Context,
    moderator: User,
    material: Material,
    replaces: str | None = None,
) -> None:
    """Read something, and put its card or what is wrong with it in the place of "Reading …"."""
    words = context.words_for(moderator)
    if isinstance(material, UploadedFile) and (material.size or 0) > MAX_BYTES:
        await message.reply_text(_too_large(words))
        return
    progress = await message.reply_text(words.gettext("Reading …"))
    try:
        readings = await _read(context, material)
    except TelegramError as error:
        too_large = _FILE_TOO_BIG in error.message.lower()
        refusal = words.gettext("Telegram does not hand this file out. Please send it again.")
        await _put(progress, _plain(_too_large(words) if too_large else refusal))
        return
    found = [reading for reading in readings if isinstance(reading, Reading)]
    failed = [str(reading) for reading in readings if not isinstance(reading, Reading)]
    try:
        if len(found) > CARDS:
            await _open_batch(progress, context, moderator, found)
        else:
            await _open_drafts(progress, context, moderator, found, replaces)
    except (CorpusError, SearchError) as error:
        logger.error("a draft could not be shown: %s", outline(error))  # noqa: TRY400 - its message may quote what was sent
        await _put(progress, _plain(drafts.failure(words)))
        return
    if failed and found:
        await progress.reply_text(_explain(failed, words), do_quote=False)
    elif failed:
        await _put(progress, _plain(_explain(failed, words)))


async def _read(context: Context, material: Material) -> list[Reading | CorpusError]:
    """What is found in it, and what is wrong with the rest.

    Raises:
        TelegramError: Telegram does not hand the file out.
    """
    try:
        if isinstance(material, UploadedFile):
            file = await context.bot.get_file(material.file_id)
            content = bytes(await file.download_as_bytearray())
            return [*await context.in_reading(read_upload, material, content)]
        if isinstance(material, WebPage):
            return [await context.in_reading(read_page, material)]
        return [await context.in_reading(read_writing, material)]
    except CorpusError as error:
        return [error]


async def _open_drafts(
    progress: Message,
    context: Context,
    moderator: User,
    readings: Sequence[Reading],
    replaces: str | None,
) -> None:
    """A card for each document, the first one in the place of a message."""
    for position, reading in enumerate(readings):
        draft = await context.in_records(
            context.records.drafts.open,
            reading.draft,
            identity(moderator.id),
            reading.notes,
            replaces=replaces,
        )
        rendered = await drafts.render_card(context, draft, context.voice_of(moderator))
        if position == 0:
            await _put(progress, rendered)
        else:
            await progress.reply_text(
                rendered.text,
                entities=rendered.entities,
                reply_markup=rendered.keyboard,
                do_quote=False,
            )
        drafts.embed_ahead(context, draft)


async def _open_batch(
    progress: Message, context: Context, moderator: User, readings: Sequence[Reading]
) -> None:
    """One card for many documents, in the place of a message."""
    batch = await context.in_records(
        context.records.drafts.open_batch,
        [(reading.draft, reading.notes) for reading in readings],
        identity(moderator.id),
    )
    batched = await context.in_records(context.records.drafts.batch, batch)
    await _put(progress, render_batch(batch, batched, context.words_for(moderator)))


async def _put(progress: Message, rendered: Rendered) -> None:
    """Put something in the place of a message, or after it where it was deleted."""
    try:
        with harmless(NOT_MODIFIED):
            await progress.edit_text(
                rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
            )
    except BadRequest as error:
        if NO_MESSAGE not in error.message.lower():
            raise
        await progress.reply_text(
            rendered.text,
            entities=rendered.entities,
            reply_markup=rendered.keyboard,
            do_quote=False,
        )


def _plain(text: str) -> Rendered:
    return Rendered(text, ())


def _nothing_to_read(words: NullTranslations) -> str:
    return words.gettext("There is nothing to read in this message: send a file, a link or a text.")


def _too_large(words: NullTranslations) -> str:
    return words.gettext(
        "This file is too large: I get at most {limit} MB from Telegram. Split it, or send a link "
        "to it."
    ).format(limit=MAX_BYTES // 2**20)


def _explain(reasons: Sequence[str], words: NullTranslations) -> str:
    """Says what could not be added and why, in the reader's own words."""
    lines = [words.gettext("This could not be added:")]
    lines += [shorten(reason, REASON_LENGTH) for reason in reasons[:REASONS]]
    if (more := len(reasons) - REASONS) > 0:
        lines.append(words.ngettext("and {n} more", "and {n} more", more).format(n=more))
    return "\n".join(lines)


async def forget_old(context: Context) -> None:
    """Forget drafts and prompts that nobody will come back to."""
    now = datetime.now(UTC)
    try:
        await context.in_records(context.records.drafts.forget_before, now - DRAFTS_KEPT)
        await context.in_records(context.records.prompts.forget_before, now - PROMPTS_KEPT)
    except CorpusError as error:
        logger.warning("old drafts could not be forgotten: %s", error)
