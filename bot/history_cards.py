"""Who did what to which document: pure, and valid whatever the documents are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import InlineKeyboardMarkup, MessageEntity

from bot.composing import ELLIPSIS, SEPARATOR, TITLE_LENGTH, Composer, shorten
from bot.lists import LINE_TITLE_LENGTH, NAME_LENGTH, arrows, button, marks, write_list_text
from bot.voices import write_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from gettext import NullTranslations

    from bot.composing import Rendered
    from bot.lists import Reader
    from corpus.models import Document
    from corpus.revisions import Change


def render_history(
    changes: Sequence[Change],
    names: Mapping[str, str],
    page: int,
    text: str,
    reader: Reader,
    *,
    more: bool,
) -> Rendered:
    """A page of who did what and when, with a button to take back what can be.

    Args:
        changes: Those on the page, the latest first.
        names: Of everyone who made them, by identity.
        page: From 0.
        text: Whose history it is, see `list_text`; "" where it is of all documents.
        reader: Who looks at it.
        more: Whether there are older ones.
    """
    words = reader.words
    message = Composer()
    message.write(words.gettext("Changes, the latest first; times are in UTC"))
    write_list_text(message, text, words)
    message.new_line()
    for change in changes:
        message.new_line()
        if is_undoable(change):
            message.write(f"{change.revision}. ")
        message.write(shorten(change.title, LINE_TITLE_LENGTH) or ELLIPSIS, MessageEntity.BOLD)
        told = [
            change_label(change, words),
            shorten(names[change.by], NAME_LENGTH),
            write_time(change.at, reader.voice),
        ]
        if change.undone:
            told.append(words.gettext("taken back since"))
        message.write(SEPARATOR + SEPARATOR.join(told))
    if not changes:
        message.new_line()
        message.write(words.gettext("Nothing was done yet."))
    undos = [
        button(
            words.gettext("Undo {n}").format(n=change.revision),
            f"hi:undo:{change.revision}:{change.document_id}",
        )
        for change in changes
        if is_undoable(change)
    ]
    rows = [undos[first : first + 4] for first in range(0, len(undos), 4)]
    if page or more:
        rows.append(arrows("hi:page", page, str(page + 1), more=more))
    return message.finish(InlineKeyboardMarkup(rows) if rows else None)


def render_change(document: Document, change: Change, words: NullTranslations) -> Rendered:
    """What was done to a document right now, with a button to take it back."""
    message = Composer()
    message.write(shorten(document.title, TITLE_LENGTH) or ELLIPSIS, MessageEntity.BOLD)
    message.write(SEPARATOR + change_label(change, words))
    for mark in marks(document, words):
        message.new_line()
        message.write(mark)
    return message.finish(
        InlineKeyboardMarkup.from_row(
            [
                button(
                    undo_label(change, words),
                    f"hi:flip:{change.revision}:{document.id}",
                ),
                button(words.gettext("Open"), f"do:card:{document.id}"),
            ]
        )
    )


def change_label(change: Change, words: NullTranslations) -> str:
    """What was done, in a few words."""
    if change.action == "undo":
        return words.gettext("change {n} taken back").format(n=change.undoes)
    if change.action == "edit":
        names = {
            "title": words.gettext("title"),
            "published": words.gettext("date"),
            "url": words.gettext("link"),
            "check_by": words.gettext("day to be checked"),
        }
        what = ", ".join(names[name] for name in change.changed if name in names)
        # Of a purged document it is not known any more.
        return (
            words.gettext("edited: {what}").format(what=what) if what else words.gettext("edited")
        )
    return {
        "add": words.gettext("added"),
        "replace": words.gettext("content replaced"),
        "hide": words.gettext("hidden"),
        "show": words.gettext("shown again"),
        "remove": words.gettext("removed"),
        "restore": words.gettext("restored"),
        "purge": words.gettext("deleted for good"),
    }[change.action]


def is_undoable(change: Change) -> bool:
    """Whether a change can be tried to be taken back."""
    return change.action != "purge" and not change.undone


def undo_label(change: Change, words: NullTranslations) -> str:
    """What a button is called that takes a change back."""
    return words.gettext("Redo") if change.action == "undo" else words.gettext("Undo")
