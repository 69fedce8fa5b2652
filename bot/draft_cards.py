"""Cards of documents between their arrival and Publish: pure, and valid whatever the text is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.composing import ELLIPSIS, SEPARATOR, TITLE_LENGTH, Composer, cut, shorten
from bot.labels import address, language_label, source_label
from bot.voices import write_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from gettext import NullTranslations

    from bot.composing import Rendered
    from bot.records.drafts import BatchedDraft, StoredDraft
    from bot.voices import Voice
    from corpus.models import Document
    from corpus.store import Draft
    from index.likeness import Alike

# All lengths are in UTF-16 units, as Telegram counts.
EXCERPT_LENGTH: Final = 500
NOTE_LENGTH: Final = 200
ALIKE_LENGTH: Final = 120
BUTTON_TITLE_LENGTH: Final = 30
NAME_LENGTH: Final = 60

# So many notes and titles of a batch are shown.
NOTES: Final = 5
TITLES: Final = 10


def render_draft(
    stored: StoredDraft, alike: Sequence[Alike], reader: Voice, words: NullTranslations
) -> Rendered:
    """The card of an open draft: what it is, what is like it, and what can be done.

    Args:
        stored: The draft.
        alike: What is in the corpus already, best first.
        reader: The moderator's language, for the date.
        words: The catalogue of that language.
    """
    draft = stored.draft
    message = Composer()
    _write_head(message, draft, reader, words)
    message.new_line()
    count = len(draft.text.split())
    message.write(words.ngettext("{n} word", "{n} words", count).format(n=count))
    message.write(SEPARATOR)
    count = len(draft.passages)
    message.write(words.ngettext("{n} passage", "{n} passages", count).format(n=count))
    text = draft.text.strip()
    if excerpt := text[: cut(text, EXCERPT_LENGTH)]:
        message.new_line()
        message.write(excerpt, MessageEntity.BLOCKQUOTE)
        if len(excerpt) < len(text):
            message.new_line()
            message.write(ELLIPSIS)
    for note in stored.notes[:NOTES]:
        message.new_line()
        message.write(f"⚠ {shorten(note, NOTE_LENGTH)}")
    if alike:
        message.new_line()
        message.new_line()
        message.write(words.gettext("What is like it already:"))
    for one in alike:
        message.new_line()
        _write_alike(message, one, len(draft.passages), words)
    if _is_there(draft, alike):
        message.new_line()
        message.new_line()
        message.write(
            words.gettext("This very text can be found already: there is nothing to publish.")
        )
    return message.finish(_keyboard(stored, alike, words))


def render_decided(
    stored: StoredDraft,
    document: Document | None,
    name: str,
    reader: Voice,
    words: NullTranslations,
) -> Rendered:
    """The card of a draft that was published or discarded.

    Args:
        stored: The draft.
        document: What it became; None where it was discarded, or purged since.
        name: Who decided.
        reader: The moderator's language, for the date.
        words: The catalogue of that language.
    """
    message = Composer()
    _write_head(message, stored.draft, reader, words)
    message.new_line()
    message.new_line()
    done = (
        words.gettext("Published by {name}.")
        if stored.state == "published"
        else words.gettext("Discarded by {name}.")
    )
    message.write(done.format(name=shorten(name, NAME_LENGTH)))
    buttons = []
    if document is not None or stored.state != "published":
        buttons.append(_button(words.gettext("Undo"), f"dr:undo:{stored.id}"))
    if document is not None:
        buttons.append(_button(words.gettext("Open"), f"do:card:{document.id}"))
    return message.finish(InlineKeyboardMarkup.from_row(buttons) if buttons else None)


def render_batch(batch: str, drafts: Sequence[BatchedDraft], words: NullTranslations) -> Rendered:
    """The card of many drafts that are decided on together."""
    message = Composer()
    count = len(drafts)
    message.write(words.ngettext("{n} document", "{n} documents", count).format(n=count))
    for draft in drafts[:TITLES]:
        message.new_line()
        message.write(f"• {shorten(draft.title, ALIKE_LENGTH)}")
    if count > TITLES:
        message.new_line()
        more = count - TITLES
        message.write(words.ngettext("and {n} more", "and {n} more", more).format(n=more))
    message.new_line()
    waiting, published, discarded = (
        sum(draft.state == state for draft in drafts)
        for state in ("open", "published", "discarded")
    )
    for said in (
        words.gettext("Published: {n}").format(n=published) if published else "",
        words.gettext("Discarded, or there already: {n}").format(n=discarded) if discarded else "",
    ):
        if said:
            message.new_line()
            message.write(said)
    rows = []
    if waiting:
        rows += [
            _button(
                words.ngettext("Publish {n}", "Publish all {n}", waiting).format(n=waiting),
                f"dr:all:{batch}",
            ),
            _button(words.gettext("Discard all"), f"dr:none:{batch}"),
        ]
    if published or discarded:
        rows.append(_button(words.gettext("Undo"), f"dr:back:{batch}"))
    return message.finish(InlineKeyboardMarkup.from_column(rows) if rows else None)


def _write_head(message: Composer, draft: Draft, reader: Voice, words: NullTranslations) -> None:
    message.write_title(_title(draft.title), address(draft))
    source, source_type = source_label(draft)
    message.new_line()
    if source:
        message.write(source, source_type)
        message.write(SEPARATOR)
    message.write(
        words.gettext("no date") if draft.published is None else write_date(draft.published, reader)
    )
    message.write(SEPARATOR)
    message.write(
        words.gettext("in Belarusian, Latin script")
        if (draft.language, draft.script) == ("be", "Latn")
        else language_label(draft.language, words)
    )


def _write_alike(message: Composer, alike: Alike, passages: int, words: NullTranslations) -> None:
    kinds = {
        "same text": words.gettext("The same text:"),
        "older version": words.gettext("Another version:"),
        "overlap": words.gettext("Parts of it:"),
    }
    message.write(f"• {kinds[alike.kind]} ")
    document = alike.document
    message.write_title(shorten(document.title, ALIKE_LENGTH) or ELLIPSIS, address(document))
    if alike.kind != "same text":
        message.write(SEPARATOR)
        message.write(
            words.ngettext(
                "{percent} %, {n} of {all} passage", "{percent} %, {n} of {all} passages", passages
            ).format(percent=round(100 * alike.similarity), n=alike.passages, all=passages)
        )
    if document.state != "live":
        message.write(SEPARATOR)
        message.write(
            words.gettext("removed") if document.state == "removed" else words.gettext("hidden")
        )


def _keyboard(
    stored: StoredDraft, alike: Sequence[Alike], words: NullTranslations
) -> InlineKeyboardMarkup:
    discard = [_button(words.gettext("Discard"), f"dr:discard:{stored.id}")]
    if _is_there(stored.draft, alike):
        return InlineKeyboardMarkup([discard])
    publish = [[_button(words.gettext("Publish"), f"dr:publish:{stored.id}")]]
    # Two documents cannot be from one source: the draft comes in the place of that one, which is
    # worth saying unless it is removed anyway.
    same_source = [one for one in alike if one.document.source == stored.draft.source]
    replaceable = [one for one in same_source if one.document.state != "removed"]
    if replaceable or any(_is_found(one) for one in alike):
        publish = []
    replace = [
        [
            _button(
                words.gettext("Replace «{title}»").format(
                    title=shorten(one.document.title, BUTTON_TITLE_LENGTH) or ELLIPSIS
                ),
                f"dr:replace:{stored.id}:{one.document.id}",
            )
        ]
        for one in (replaceable if same_source else alike)
    ]
    older = bool(alike) and alike[0].kind == "older version"
    edit = [
        _button(words.gettext("Edit title"), f"dr:title:{stored.id}"),
        _button(words.gettext("Edit date"), f"dr:date:{stored.id}"),
        _button(words.gettext("Edit link"), f"dr:link:{stored.id}"),
    ]
    first = [*replace, *publish] if older else [*publish, *replace]
    return InlineKeyboardMarkup([*first, edit, discard])


def _is_there(draft: Draft, alike: Sequence[Alike]) -> bool:
    """Whether a draft says nothing that cannot be found already."""
    for one in filter(_is_found, alike):
        document = one.document
        told = (
            (draft.title, document.title),
            (draft.published, document.published),
            (draft.url, document.url),
        )
        if all(value in {None, known} for value, known in told):
            return True
    return False


def _is_found(alike: Alike) -> bool:
    return alike.kind == "same text" and alike.document.state == "live"


def _title(title: str) -> str:
    return shorten(title, TITLE_LENGTH) or ELLIPSIS


def _button(label: str, callback_data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=callback_data)
