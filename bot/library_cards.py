"""What documents there are and where they come from, for members: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.composing import ELLIPSIS, SEPARATOR, TITLE_LENGTH, Composer, Rendered, shorten
from bot.labels import address, language_label, source_label, web_parts
from bot.voices import language_in, write_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from gettext import NullTranslations

    from bot.voices import Voice
    from corpus.models import Document

LATEST_PAGE: Final = 8
SOURCES_PAGE: Final = 15

ListKind: TypeAlias = Literal["latest", "sources"]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where documents come from: a site, a channel, or files."""

    label: str
    link: str | None
    documents: int
    newest: date


def render_latest(
    documents: Iterable[Document], page: int, voice: Voice, words: NullTranslations
) -> Rendered:
    """One page of the newest documents, those in the reader's language first.

    Args:
        documents: All that are live, in any order.
        page: From 0; beyond the last one, that is shown.
        voice: The reader's.
        words: Its catalogue.
    """
    ordered = sorted(
        documents,
        key=lambda document: (
            document.language != language_in(voice),
            -day_of(document).toordinal(),
            document.title,
        ),
    )
    if not ordered:
        return Rendered(words.gettext("There are no documents yet."), ())
    page = min(page, (len(ordered) - 1) // LATEST_PAGE)
    message = Composer()
    message.write(words.gettext("The newest documents"), MessageEntity.BOLD)
    for document in ordered[page * LATEST_PAGE : (page + 1) * LATEST_PAGE]:
        message.new_line()
        message.new_line()
        title = shorten(document.title, TITLE_LENGTH) or ELLIPSIS
        message.write_title(title, address(document))
        message.new_line()
        source, source_type = source_label(document)
        if source:
            message.write(source, source_type)
            message.write(SEPARATOR)
        message.write(write_date(day_of(document), voice))
        if document.language != language_in(voice):
            message.write(SEPARATOR + language_label(document.language, words))
    return message.finish(_turns("latest", page, len(ordered), LATEST_PAGE, voice))


def render_sources(
    documents: Iterable[Document], page: int, voice: Voice, words: NullTranslations
) -> Rendered:
    """One page of where the quotes come from, what gave most first; see `render_latest`."""
    sources = _sources(documents, words)
    if not sources:
        return Rendered(words.gettext("There are no documents yet."), ())
    page = min(page, (len(sources) - 1) // SOURCES_PAGE)
    message = Composer()
    message.write(words.gettext("Where my quotes come from"), MessageEntity.BOLD)
    message.new_line()
    for source in sources[page * SOURCES_PAGE : (page + 1) * SOURCES_PAGE]:
        message.new_line()
        message.write("• ")
        message.write_title(source.label, source.link)
        message.write(SEPARATOR)
        message.write(
            words.ngettext(
                "{count} document, of {date}",
                "{count} documents, the newest of {date}",
                source.documents,
            ).format(count=source.documents, date=write_date(source.newest, voice))
        )
    return message.finish(_turns("sources", page, len(sources), SOURCES_PAGE, voice))


def _sources(documents: Iterable[Document], words: NullTranslations) -> list[_Source]:
    by_label: dict[str, list[Document]] = {}
    for document in documents:
        link = address(document)
        # A file's name says nothing to members, and its path is the operator's.
        label = source_label(document)[0] if link else words.gettext("Files from the moderators")
        by_label.setdefault(label, []).append(document)
    found = [
        _Source(label, _front_page(group[0], label), len(group), max(map(day_of, group)))
        for label, group in by_label.items()
    ]
    return sorted(found, key=lambda source: (-source.documents, source.label))


def _front_page(document: Document, label: str) -> str | None:
    """Where a site or channel begins."""
    parts = web_parts(address(document) or "")
    if parts is None:
        return None
    channel = label.partition("/")[2]
    return f"{parts.scheme}://{parts.netloc}/{channel}"


def day_of(document: Document) -> date:
    """When a document was published; where that is not known, when it was added."""
    return document.published or document.added_at.date()


def _turns(
    kind: ListKind, page: int, total: int, length: int, voice: Voice
) -> InlineKeyboardMarkup | None:
    """◀ n/m ▶, going round at both ends; None where there is one page."""
    pages = -(-total // length)
    if pages < 2:
        return None
    before, after = (page - 1) % pages, (page + 1) % pages
    return InlineKeyboardMarkup.from_row(
        [
            InlineKeyboardButton("◀", callback_data=f"so:{kind}:{before}:{voice}"),
            InlineKeyboardButton(f"{page + 1}/{pages}", callback_data="-"),
            InlineKeyboardButton("▶", callback_data=f"so:{kind}:{after}:{voice}"),
        ]
    )
