"""/feeds: moderators add feeds, look after them, and remove them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.composing import Composer, shorten
from bot.feed_cards import (
    render_feed,
    render_help,
    render_list,
    render_proposal,
    render_removed,
)
from bot.feeds import Poller
from bot.handlers import adding
from bot.handlers.chats import FROM_PERSON
from bot.handlers.checks import NO_MESSAGE, NOT_MODIFIED, STALE_QUERY, harmless
from bot.handlers.guard import for_moderators
from bot.handlers.presses import message_of
from bot.records.moderators import identity
from corpus.errors import FetchingError, ReadingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import CallbackQuery, Message, Update, User
    from telegram.ext import BaseHandler

    from bot.composing import Rendered
    from bot.context import App, Context
    from bot.records.feeds import FeedMode, StoredFeed

# How often it is looked whether a feed is due, in seconds.
TICK: Final = 60.0
_FIRST_TICK: Final = 10.0

_BUTTON: Final = re.compile(
    r"fe:(?:(list|card|poll|drop|off):(\d{1,18})|(start|mode):(\d{1,18}):(publish|cards))", re.ASCII
)


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [
        CommandHandler("feeds", list_or_add, filters=FROM_PERSON),
        CallbackQueryHandler(press_button, pattern=r"^fe:"),
    ]


def schedule(application: App) -> None:
    """Ask the feeds for news, as long as the application runs."""
    application.bot_data.poller = Poller(adding.send_draft_card)
    if application.job_queue is not None:
        # The second instance sees that the first goes on, and is done.
        application.job_queue.run_repeating(
            poll_feeds, TICK, _FIRST_TICK, job_kwargs={"max_instances": 2}
        )


async def poll_feeds(context: Context) -> None:
    """Ask the feeds that are due."""
    await context.bot_data.poller.poll_due(
        context, stopping=lambda: not context.application.running
    )


@for_moderators
async def list_or_add(update: Update, context: Context, moderator: User) -> None:
    """List the feeds, or read one that is to be added and ask what shall become of it."""
    if (message := update.message) is None:
        return
    match context.args or []:
        case []:
            rendered = await _list(context, moderator, 0)
            await message.reply_text(
                rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
            )
        case ["add", url]:
            await _propose(context, message, moderator, url)
        case _:
            await message.reply_text(render_help(context.words_for(moderator)))


@for_moderators
async def press_button(update: Update, context: Context, moderator: User) -> None:
    """Do what a button says and show how things are then."""
    if (press := update.callback_query) is None:
        return
    words = context.words_for(moderator)
    notice: str | None = words.gettext(
        "Something went wrong on my side. Please try again in a moment."
    )
    rendered: Rendered | None = None
    polled = False
    button = _BUTTON.fullmatch(press.data or "")
    action, feed_id = (button[1] or button[3], int(button[2] or button[4])) if button else ("", 0)
    try:
        if button is None:
            notice = words.gettext("This button does nothing any more.")
        elif action == "list":
            notice, rendered = None, await _list(context, moderator, feed_id)
        elif (feed := await context.in_records(context.records.feeds.find, feed_id)) is None:
            notice = words.gettext("This feed is not there any more.")
        else:
            mode: FeedMode = "cards" if button[5] == "cards" else "publish"
            notice, rendered = await _act(context, moderator, feed, action, mode)
            polled = action == "poll" and feed.mode != "off"
    finally:
        with harmless(STALE_QUERY):
            await press.answer(notice)
    if polled:
        await context.bot_data.poller.poll(context, feed_id)
        rendered = await _card(context, moderator, feed_id)
    if rendered is not None:
        await _show(press, rendered)


async def _act(
    context: Context, moderator: User, feed: StoredFeed, action: str, mode: FeedMode
) -> tuple[str | None, Rendered | None]:
    """Do what a button says of a feed; what to say, and what its message is then."""
    words, feeds = context.words_for(moderator), context.records.feeds
    if action == "start":
        started = await context.in_records(feeds.start, feed.id, mode)
        notice = None if started else words.gettext("This feed is asked for news already.")
        return notice, await _card(context, moderator, feed.id)
    if action == "drop" and feed.mode == "off":
        message = Composer()
        message.write(words.gettext("The feed was not added."))
        return None, message.finish()
    if action in {"mode", "off"}:
        wanted = "off" if action == "off" else mode
        is_there = await context.in_records(feeds.set_mode, feed.id, wanted)
    else:
        is_there = feed.mode != "off"
    if not is_there:
        return words.gettext("This feed was removed meanwhile."), None
    if action == "off":
        return None, render_removed(feed, words)
    if action == "poll":
        return words.gettext("I am asking the feed …"), None
    return None, await _card(context, moderator, feed.id)


async def _propose(context: Context, message: Message, moderator: User, url: str) -> None:
    words = context.words_for(moderator)
    if "://" not in url:
        url = f"https://{url}"
    progress = await message.reply_text(words.gettext("Reading the feed …"))
    try:
        offered = await context.bot_data.poller.preview(context, url)
    except (FetchingError, ReadingError) as error:
        failure = words.gettext("This feed cannot be added: {reason}")
        await progress.edit_text(failure.format(reason=shorten(error.reason, 500)))
        return
    feed: StoredFeed = await context.in_records(
        context.records.feeds.propose,
        url,
        offered.title,
        identity(moderator.id),
        context.settings.moderator_chat or message.chat_id,
    )
    rendered = (
        render_proposal(feed, offered, context.voice_of(moderator), words)
        if feed.mode == "off"
        else await _card(context, moderator, feed.id)
    )
    await progress.edit_text(
        rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
    )


async def _list(context: Context, moderator: User, page: int) -> Rendered:
    feeds: list[StoredFeed] = await context.in_records(context.records.feeds.polled)
    return render_list(
        feeds,
        await _counts(context, feeds),
        page,
        context.voice_of(moderator),
        context.words_for(moderator),
    )


async def _card(context: Context, moderator: User, feed_id: int) -> Rendered:
    feed: StoredFeed | None = await context.in_records(context.records.feeds.find, feed_id)
    if feed is None:
        return await _list(context, moderator, 0)
    (count,) = await _counts(context, [feed])
    return render_feed(
        feed,
        count,
        await context.in_records(context.records.name, feed.added_by),
        context.voice_of(moderator),
        context.words_for(moderator),
    )


async def _counts(context: Context, feeds: Sequence[StoredFeed]) -> list[int]:
    """How many documents that came of each feed are live now."""
    came: list[set[str]] = [
        await context.in_records(context.records.feeds.documents, feed) for feed in feeds
    ]
    documents = await context.in_keeping(context.keeping.store.documents) if any(came) else []
    live = {document.id for document in documents}
    return [len(ids & live) for ids in came]


async def _show(press: CallbackQuery, rendered: Rendered) -> None:
    if (message := message_of(press)) is not None:
        with harmless(NOT_MODIFIED, NO_MESSAGE):
            await message.edit_text(
                rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
            )
