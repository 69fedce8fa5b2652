"""Posts of listed channels go in by themselves."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from telegram import Chat
from telegram.error import TelegramError
from telegram.ext import MessageHandler, filters

from bot.intake import post_link
from bot.records.posts import Post
from bot.unattended import ingest_unattended, withdraw_unattended
from corpus.errors import ReadingError
from corpus.readers import text as plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from telegram import Update
    from telegram.ext import BaseHandler

    from bot.context import App, Context
    from bot.keeping import Keeping

logger = logging.getLogger(__name__)

# The parts of an album come one by one, within a second as a rule.
ALBUM_SECONDS: Final = 2.0
# An album whose last parts came right before a restart is put together after it.
_UNSETTLED: Final = timedelta(days=1)


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [MessageHandler(filters.UpdateType.CHANNEL_POSTS, receive_post)]


def schedule(application: App) -> None:
    """Put the albums together that a restart left in parts."""
    if application.job_queue is not None and application.bot_data.settings.channels:
        application.job_queue.run_once(settle_recent_albums, ALBUM_SECONDS)


async def receive_post(update: Update, context: Context) -> None:
    """Take a new or edited post in; one that has become too short goes."""
    message = update.effective_message
    if message is None or not is_listed(message.chat, context.settings.channels):
        return
    chat_id, text = message.chat_id, message.text or message.caption or ""
    if (album := message.media_group_id) is None:
        address = post_link(message.chat, message.message_id)
        await _settle(context, chat_id, _Post((address,), text, _day(message.date)))
        return
    post = Post(chat_id, message.message_id, album, text, message.date)
    await context.in_records(context.records.posts.keep, post)
    # The rest may be on its way, and the captions stand in the order of the parts.
    if (jobs := context.application.job_queue) is not None:
        name = f"album:{chat_id}:{album}"
        for job in jobs.get_jobs_by_name(name):
            job.schedule_removal()
        settle = partial(settle_album, chat=message.chat, album=album)
        jobs.run_once(settle, ALBUM_SECONDS, name=name)


async def settle_album(context: Context, chat: Chat, album: str) -> None:
    """Make one document of an album, once its parts have come."""
    parts: list[Post] = await context.in_records(context.records.posts.album, chat.id, album)
    addresses = tuple(post_link(chat, part.message_id) for part in parts)
    text = "\n\n".join(part.text for part in parts if part.text)
    await _settle(context, chat.id, _Post(addresses, text, _day(parts[0].at)))


async def settle_recent_albums(context: Context) -> None:
    """Make documents of the latest albums again: where nothing is new, nothing changes."""
    albums = await context.in_records(
        context.records.posts.albums_since, datetime.now(UTC) - _UNSETTLED
    )
    for chat_id, album in albums:
        try:
            found = await context.bot.get_chat(chat_id)
        except TelegramError as error:
            logger.warning("cannot ask for the name of channel %d: %s", chat_id, error.message)
            continue
        chat = Chat(found.id, found.type, username=found.username)
        if is_listed(chat, context.settings.channels):
            await settle_album(context, chat, album)


def is_listed(chat: Chat, channels: Sequence[str]) -> bool:
    """Whether a channel is among those that the operator has set, by id or by @name."""
    names = {str(chat.id), f"@{chat.username}".lower()}
    return any(channel.lower() in names for channel in channels)


@dataclass(frozen=True, slots=True)
class _Post:
    """What becomes a document: a post, or an album as a whole.

    Attributes:
        addresses: Of the post, or of all parts of the album.
        text: What is written there.
        published: The day, in UTC.
    """

    addresses: tuple[str, ...]
    text: str
    published: date


async def _settle(context: Context, chat_id: int, post: _Post) -> None:
    await context.in_keeping(
        _keep, context.keeping, post, f"channel:{chat_id}", context.settings.post_words
    )


def _keep(keeping: Keeping, post: _Post, by: str, least_words: int) -> None:
    # The first part of an album may come after the album became a document without it.
    known = [address for address in post.addresses if keeping.store.find(address)]
    address = (known or post.addresses)[0]
    words = [word for word in post.text.split() if any(map(str.isalnum, word))]
    if len(words) >= least_words:
        try:
            raw = plain_text.read(post.text.encode(), address)
            raw = replace(raw, published=post.published, url=address)
            ingest_unattended(keeping, raw, address, by)
        except ReadingError:  # words, yet nothing that could be quoted
            logger.info("nothing can be quoted from %s", address)
        else:
            return
    withdraw_unattended(keeping, address, by)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
