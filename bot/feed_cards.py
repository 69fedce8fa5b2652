"""Feeds as moderators see them: a list, and a card for each with its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.composing import SEPARATOR, TITLE_LENGTH, Composer, shorten
from bot.labels import URL_LENGTH
from bot.voices import write_date, write_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from gettext import NullTranslations

    from bot.composing import Rendered
    from bot.records.feeds import StoredFeed
    from bot.voices import Voice
    from corpus.readers.feed import Feed

PAGE_LENGTH: Final = 10
_NAME_LENGTH: Final = 80
_REASON_LENGTH: Final = 150
_LATEST: Final = 5
_BUTTONS_IN_A_ROW: Final = 5


def render_help(words: NullTranslations) -> str:
    """How the command is used."""
    return "\n".join(
        [
            words.gettext("Feeds (RSS or Atom) bring new articles of a site by themselves."),
            words.gettext("To add one, write the command with its address, for example:"),
            "/feeds add https://example.org/feed",
            words.gettext("To see all feeds, and to change or remove them:"),
            "/feeds",
        ]
    )


def render_list(
    feeds: Sequence[StoredFeed],
    counts: Sequence[int],
    page: int,
    reader: Voice,
    words: NullTranslations,
) -> Rendered:
    """One page of all feeds.

    Args:
        feeds: All that are polled.
        counts: How many documents came of each.
        page: From 0; one that there is not is the last.
        reader: In whose language dates are written.
        words: The bot's own words in that language.
    """
    message = Composer()
    if not feeds:
        message.write(words.gettext("There are no feeds yet."))
        message.new_line()
        message.new_line()
        message.write(render_help(words))
        return message.finish()
    last = (len(feeds) - 1) // PAGE_LENGTH
    first = min(page, last) * PAGE_LENGTH
    message.write(words.gettext("Feeds ({count}):").format(count=len(feeds)))
    numbers = range(first, min(first + PAGE_LENGTH, len(feeds)))
    for number in numbers:
        feed = feeds[number]
        message.new_line()
        message.write(f"{number + 1}. ")
        message.write_title(shorten(feed.title, _NAME_LENGTH), _address(feed.url))
        message.new_line()
        message.write(
            SEPARATOR.join(
                [_mode(feed, words), _documents(counts[number], words), _state(feed, reader, words)]
            )
        )
    buttons = [
        InlineKeyboardButton(str(number + 1), callback_data=f"fe:card:{feeds[number].id}")
        for number in numbers
    ]
    rows = [
        buttons[start : start + _BUTTONS_IN_A_ROW]
        for start in range(0, len(buttons), _BUTTONS_IN_A_ROW)
    ]
    page = first // PAGE_LENGTH
    turns = [("◀", page - 1)] * (page > 0) + [("▶", page + 1)] * (page < last)
    if turns:
        rows.append(
            [InlineKeyboardButton(label, callback_data=f"fe:list:{to}") for label, to in turns]
        )
    return message.finish(InlineKeyboardMarkup(rows))


def render_feed(
    feed: StoredFeed, count: int, added_by: str, reader: Voice, words: NullTranslations
) -> Rendered:
    """One feed with all that is known of it, and what can be done."""
    message = Composer()
    message.write_title(shorten(feed.title, TITLE_LENGTH), _address(feed.url))
    for line in (
        shorten(feed.url, TITLE_LENGTH),
        _mode(feed, words),
        _documents(count, words),
        _state(feed, reader, words),
        words.gettext("added by {name}").format(name=shorten(added_by, _NAME_LENGTH)),
    ):
        message.new_line()
        message.write(line)
    to, label = (
        ("cards", words.gettext("As cards"))
        if feed.mode == "publish"
        else ("publish", words.gettext("Publish by itself"))
    )
    return message.finish(
        InlineKeyboardMarkup(
            [
                [InlineKeyboardButton(label, callback_data=f"fe:mode:{feed.id}:{to}")],
                [
                    InlineKeyboardButton(
                        words.gettext("Ask it now"), callback_data=f"fe:poll:{feed.id}"
                    ),
                    InlineKeyboardButton(
                        words.gettext("Remove"), callback_data=f"fe:off:{feed.id}"
                    ),
                ],
                [InlineKeyboardButton(words.gettext("All feeds"), callback_data="fe:list:0")],
            ]
        )
    )


def render_removed(feed: StoredFeed, words: NullTranslations) -> Rendered:
    """What is left of a card once its feed is removed.

    Args:
        feed: As it was before.
        words: The bot's own words.
    """
    message = Composer()
    message.write(
        words.gettext("The feed «{title}» is not asked any more. Its documents stay.").format(
            title=shorten(feed.title, TITLE_LENGTH)
        )
    )
    undo = InlineKeyboardButton(
        words.gettext("Undo"), callback_data=f"fe:start:{feed.id}:{feed.mode}"
    )
    return message.finish(InlineKeyboardMarkup.from_button(undo))


def render_proposal(
    feed: StoredFeed, offered: Feed, reader: Voice, words: NullTranslations
) -> Rendered:
    """A feed that is not polled yet, with its latest articles, and what may become of them."""
    message = Composer()
    message.write_title(shorten(feed.title, TITLE_LENGTH), _address(feed.url))
    message.new_line()
    if not offered.entries:
        message.write(words.gettext("There are no articles in it yet."))
    for entry in offered.entries[:_LATEST]:
        message.new_line()
        title = shorten(entry.title, _NAME_LENGTH) or shorten(entry.id, _NAME_LENGTH)
        day = write_date(entry.published, reader, "medium") if entry.published else ""
        message.write(f"• {title}{SEPARATOR}{day}" if day else f"• {title}")
    message.new_line()
    message.new_line()
    message.write(
        words.gettext(
            "Shall its articles go in by themselves, or come as cards that you publish or discard?"
        )
    )
    return message.finish(
        InlineKeyboardMarkup.from_column(
            [
                InlineKeyboardButton(label, callback_data=f"fe:{action}")
                for label, action in (
                    (words.gettext("Publish by itself"), f"start:{feed.id}:publish"),
                    (words.gettext("As cards"), f"start:{feed.id}:cards"),
                    (words.gettext("Cancel"), f"drop:{feed.id}"),
                )
            ]
        )
    )


def _address(url: str) -> str | None:
    return url if len(url) <= URL_LENGTH else None


def _mode(feed: StoredFeed, words: NullTranslations) -> str:
    if feed.mode == "publish":
        return words.gettext("published by itself")
    return words.gettext("comes as cards")


def _documents(count: int, words: NullTranslations) -> str:
    return words.ngettext("{count} document", "{count} documents", count).format(count=count)


def _state(feed: StoredFeed, reader: Voice, words: NullTranslations) -> str:
    if feed.error is not None:
        return words.gettext("⚠ cannot be read: {reason}").format(
            reason=shorten(feed.error, _REASON_LENGTH)
        )
    if feed.succeeded_at is None:
        return words.gettext("not read yet")
    return words.gettext("last read {when} UTC").format(when=write_time(feed.succeeded_at, reader))
