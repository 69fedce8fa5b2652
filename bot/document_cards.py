"""Lists and cards of documents: pure, and valid whatever the documents are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.composing import ELLIPSIS, SEPARATOR, TITLE_LENGTH, Composer, cut, shorten
from bot.document_filters import ADDED_BY, ALL, DUE, HIDDEN, LANGUAGE, REMOVED
from bot.history_cards import change_label, undo_label
from bot.labels import address, due_label, is_due, language_label, source_label
from bot.lists import (
    LINE_TITLE_LENGTH,
    NAME_LENGTH,
    PAGE_LENGTH,
    arrows,
    button,
    marks,
    write_list_text,
)
from bot.voices import write_date
from corpus.models import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from gettext import NullTranslations

    from bot.composing import Rendered
    from bot.lists import Reader
    from corpus.models import Document
    from corpus.revisions import Change

# All lengths are in UTF-16 units, as Telegram counts.
EXCERPT_LENGTH: Final = 500

# How soon a document is checked again, in months, as the buttons offer it.
MONTHS: Final = (3, 6, 12)


@dataclass(frozen=True, slots=True)
class Card:
    """What the card of a document shows.

    Attributes:
        document: The document.
        text: The whole of it.
        passages: How many it has.
        added_by: The name of who added it.
        change: What was done to it last.
        changed_by: The name of who did.
    """

    document: Document
    text: str
    passages: int
    added_by: str
    change: Change
    changed_by: str


def render_list(
    documents: Sequence[Document],
    page: int,
    text: str,
    reader: Reader,
) -> Rendered:
    """A page of a list of documents, with a button to open each.

    Args:
        documents: The whole list.
        page: From 0; the last one where there are not so many.
        text: What the list is of, see `list_text`; "" where it was not filtered.
        reader: Who looks at it.
    """
    words = reader.words
    pages = max(1, -(-len(documents) // PAGE_LENGTH))
    page = min(page, pages - 1)
    shown = documents[page * PAGE_LENGTH :][:PAGE_LENGTH]
    message = Composer()
    count = len(documents)
    message.write(words.ngettext("{n} document", "{n} documents", count).format(n=count))
    write_list_text(message, text, words)
    message.new_line()
    for number, document in enumerate(shown, 1):
        message.new_line()
        message.write(f"{number}. ")
        message.write(shorten(document.title, LINE_TITLE_LENGTH) or ELLIPSIS, MessageEntity.BOLD)
        details: list[str] = [document.language]
        if document.published is not None:
            details.append(write_date(document.published, reader.voice, "medium"))
        details += marks(document, words)
        if is_due(document, reader.today):
            details.append("⚠ " + words.gettext("due"))
        message.write(SEPARATOR + SEPARATOR.join(details))
    if not shown:
        message.new_line()
        _write_no_document(message, words)
    rows = []
    if shown:
        rows.append(
            [
                button(str(number), f"do:open:{document.id}")
                for number, document in enumerate(shown, 1)
            ]
        )
    if pages > 1:
        rows.append(arrows("do:list", page, f"{page + 1}/{pages}", more=page + 1 < pages))
    rows.append(
        [
            button(words.gettext("Due"), f"do:only:{DUE}"),
            button(words.gettext("Hidden"), f"do:only:{HIDDEN}"),
            button(words.gettext("Removed"), f"do:only:{REMOVED}"),
            button(words.gettext("All"), f"do:only:{ALL}"),
        ]
    )
    return message.finish(InlineKeyboardMarkup(rows))


def render_card(
    card: Card,
    text: str,
    reader: Reader,
    *,
    done: str = "",
) -> Rendered:
    """All that is known of a document, with a button for all that can be done with it.

    Args:
        card: The document.
        text: What the list is of that it was opened from, see `list_text`.
        reader: Who looks at it.
        done: What was done right now, if anything; it comes with a button to take it back.
    """
    words = reader.words
    document = card.document
    message = Composer()
    _write_facts(message, card, reader)
    body = card.text.strip()
    if excerpt := body[: cut(body, EXCERPT_LENGTH)]:
        message.new_line()
        message.write(excerpt, MessageEntity.BLOCKQUOTE)
        if len(excerpt) < len(body):
            message.new_line()
            message.write(ELLIPSIS)
    write_list_text(message, text, words)
    if done:
        message.new_line()
        message.new_line()
        message.write(done)
    rows = [
        [
            button(words.gettext("Edit title"), f"do:title:{document.id}"),
            button(words.gettext("Edit date"), f"do:date:{document.id}"),
            button(words.gettext("Edit link"), f"do:link:{document.id}"),
        ],
        [
            button(words.gettext("Check by…"), f"do:check:{document.id}"),
            *_state_buttons(document, words),
        ],
        [
            button(words.gettext("Replace"), f"do:replace:{document.id}"),
            button(words.gettext("History"), f"hi:of:{document.id}"),
            button(words.gettext("Full text"), f"do:text:{document.id}"),
        ],
        [button("◀ " + words.gettext("To the list"), f"do:back:{document.id}")],
    ]
    if done:
        label = undo_label(card.change, words)
        rows.insert(0, [button(label, f"do:undo:{card.change.revision}:{document.id}")])
    return message.finish(InlineKeyboardMarkup(rows))


def check_by_keyboard(document_id: str, words: NullTranslations) -> InlineKeyboardMarkup:
    """When to check a document again: in some months, on another day, or never."""
    labels = {
        3: words.gettext("In 3 months"),
        6: words.gettext("In 6 months"),
        12: words.gettext("In a year"),
    }
    return InlineKeyboardMarkup(
        [
            [button(labels[months], f"do:in:{months}:{document_id}") for months in MONTHS],
            [
                button(words.gettext("Another day"), f"do:day:{document_id}"),
                button(words.gettext("Never"), f"do:in:0:{document_id}"),
            ],
            [button("◀ " + words.gettext("Back"), f"do:open:{document_id}")],
        ]
    )


def render_reminder(documents: Sequence[Document], reader: Reader) -> Rendered:
    """Asks whether documents are still true.

    Args:
        documents: At most `PAGE_LENGTH`; those that are not due (any more) are told as checked.
        reader: Who looks at it.
    """
    words = reader.words
    message = Composer()
    message.write(words.gettext("Please look whether this is still true:"))
    rows = []
    for number, document in enumerate(documents, 1):
        message.new_line()
        message.new_line()
        message.write(f"{number}. ")
        message.write_title(
            shorten(document.title, LINE_TITLE_LENGTH) or ELLIPSIS, address(document)
        )
        message.new_line()
        opening = button(words.gettext("Open {n}").format(n=number), f"do:card:{document.id}")
        if document.state == "live" and is_due(document, reader.today):
            message.write(due_label(document, reader.voice, reader.words))
            confirm = words.gettext("Still true: {n}").format(n=number)
            rows.append([button(confirm, f"ok:{document.id}"), opening])
        else:
            message.write(
                SEPARATOR.join([*marks(document, words), *_check(document, reader)]) or "✓"
            )
            rows.append([opening])
    return message.finish(InlineKeyboardMarkup(rows))


def _write_facts(message: Composer, card: Card, reader: Reader) -> None:
    words = reader.words
    document = card.document
    message.write_title(shorten(document.title, TITLE_LENGTH) or ELLIPSIS, address(document))
    message.new_line()
    source, source_type = source_label(document)
    if source:
        message.write(source, source_type)
        message.write(SEPARATOR)
    details = [
        words.gettext("no date")
        if document.published is None
        else write_date(document.published, reader.voice),
        words.gettext("in Belarusian, Latin script")
        if (document.language, document.script) == ("be", "Latn")
        else language_label(document.language, words),
        *marks(document, words),
    ]
    message.write(SEPARATOR.join(details))
    message.new_line()
    counts = [
        words.ngettext("{n} word", "{n} words", document.words).format(n=document.words),
        words.ngettext("{n} passage", "{n} passages", card.passages).format(n=card.passages),
    ]
    message.write(SEPARATOR.join(counts))
    message.new_line()
    message.write(
        words.gettext("Added: {name}, {date}").format(
            name=shorten(card.added_by, NAME_LENGTH),
            date=write_date(document.added_at, reader.voice),
        )
    )
    if card.change.action != "add":
        message.new_line()
        message.write(
            words.gettext("Last change: {what}, {name}, {date}").format(
                what=change_label(card.change, words),
                name=shorten(card.changed_by, NAME_LENGTH),
                date=write_date(card.change.at, reader.voice),
            )
        )
    for line in _check(document, reader):
        message.new_line()
        message.write(line)


def _write_no_document(message: Composer, words: NullTranslations) -> None:
    message.write(words.gettext("No document fits."))
    message.new_line()
    message.new_line()
    message.write(
        words.gettext(
            "After /documents write words of the title, the source or the link, in any script, and "
            "any of these, several together:"
        )
    )
    for term, meaning in (
        (f"{LANGUAGE}be", words.gettext("in one language: {all}").format(all=", ".join(LANGUAGES))),
        (f"{ADDED_BY}Maryna", words.gettext("added by someone of this name")),
        (DUE, words.gettext("past the day to be checked")),
        (HIDDEN, words.gettext("hidden ones")),
        (REMOVED, words.gettext("removed ones")),
        (ALL, words.gettext("removed ones too")),
    ):
        message.new_line()
        message.write(term, MessageEntity.CODE)
        message.write(f" – {meaning}")


def _check(document: Document, reader: Reader) -> list[str]:
    """When a document is to be checked, if ever."""
    if document.check_by is None:
        return []
    if is_due(document, reader.today):
        return [due_label(document, reader.voice, reader.words)]
    day = write_date(document.check_by, reader.voice)
    return [reader.words.gettext("To be checked by {date}").format(date=day)]


def _state_buttons(document: Document, words: NullTranslations) -> list[InlineKeyboardButton]:
    if document.state == "removed":
        return [button(words.gettext("Restore"), f"do:restore:{document.id}")]
    return [
        button(words.gettext("Show"), f"do:show:{document.id}")
        if document.state == "hidden"
        else button(words.gettext("Hide"), f"do:hide:{document.id}"),
        button(words.gettext("Remove"), f"do:remove:{document.id}"),
    ]
