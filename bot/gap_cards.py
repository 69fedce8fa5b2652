"""What moderators and askers see of questions that found nothing: pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from babel import Locale
from telegram import InlineKeyboardMarkup, MessageEntity

from bot.composing import ELLIPSIS, SEPARATOR, TEXT_LIMIT, Composer, Rendered, shorten, utf16_length
from bot.labels import address
from bot.lists import PAGE_LENGTH, arrows, button
from bot.voices import in_script, language_in, write_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from gettext import NullTranslations

    from bot.grouping import Gap
    from bot.records.gaps import GapState
    from bot.voices import Voice
    from corpus.models import Document
    from index.models import Answer

# All lengths are in UTF-16 units, as Telegram counts.
QUESTION_LENGTH: Final = 600
LINE_LENGTH: Final = 200
WORDING_LENGTH: Final = 150
LABEL_LENGTH: Final = 40
MOST_WORDINGS: Final = 8
MOST_DOCUMENTS: Final = 3

# How a state is called in a button.
STATE_LETTERS: Final[Mapping[GapState, str]] = {"open": "o", "done": "d", "out of scope": "s"}

_ANSWERED: Final = "✓"


@dataclass(frozen=True, slots=True)
class GapCard:
    """What the card of a gap shows.

    Attributes:
        gap: The questions.
        answer: What the search gives now for the typical one.
        wishers: How many people wait to be told.
        page: The page of the list that it stands on.
    """

    gap: Gap
    answer: Answer
    wishers: int
    page: int


def render_list(
    gaps: Sequence[Gap],
    state: GapState,
    page: int,
    reader: Voice,
    words: NullTranslations,
    *,
    answered: Mapping[int, bool],
) -> Rendered:
    """A page of a list of gaps, with a button to open each.

    Args:
        gaps: All in this state, in the order of the list.
        state: What they have in common.
        page: From 0; the last one where there are not so many.
        reader: How to speak to the moderator, for dates.
        words: The catalogue of that language.
        answered: By the ids of those on the page, whether there is an answer now.
    """
    pages = max(1, -(-len(gaps) // PAGE_LENGTH))
    page = min(page, pages - 1)
    shown = gaps[page * PAGE_LENGTH :][:PAGE_LENGTH]
    message = Composer()
    message.write(_heading(state, words), MessageEntity.BOLD)
    if not gaps:
        message.new_line()
        message.write(words.gettext("There is nothing here."))
    for number, gap in enumerate(shown, 1):
        message.new_line()
        message.new_line()
        message.write(f"{number}. {shorten(gap.typical, LINE_LENGTH)}")
        message.new_line()
        details = [f"{gap.asked}×", ", ".join(gap.languages), _days(gap, reader)]
        if answered.get(gap.id):
            details.append(" ".join([_ANSWERED, words.gettext("answered now")]))
        message.write(SEPARATOR.join(details), MessageEntity.ITALIC)
    rows = []
    if shown:
        rows.append(
            [button(str(number), f"ga:card:{gap.id}") for number, gap in enumerate(shown, 1)]
        )
    if pages > 1:
        prefix = f"ga:list:{STATE_LETTERS[state]}"
        rows.append(arrows(prefix, page, f"{page + 1}/{pages}", more=page + 1 < pages))
    rows.append(
        [
            button(label, f"ga:list:{STATE_LETTERS[other]}:0")
            for other, label in _state_labels(words).items()
            if other != state
        ]
    )
    return message.finish(InlineKeyboardMarkup(rows))


def render_card(card: GapCard, reader: Voice, words: NullTranslations) -> Rendered:
    """All that is known of a gap, and what can be done with it."""
    gap, answer = card.gap, card.answer
    message = Composer()
    message.write(shorten(gap.typical, QUESTION_LENGTH), MessageEntity.BOLD)
    message.new_line()
    languages = Locale(language_in(reader)).languages
    named = in_script(
        ", ".join(languages.get(language, language) for language in gap.languages), reader
    )
    asked = words.ngettext("Asked {count} time", "Asked {count} times", gap.asked)
    message.write(SEPARATOR.join([asked.format(count=gap.asked), _days(gap, reader), named]))
    for line in _status(card, words):
        message.new_line()
        message.write(line)
    others = {wording: count for wording, count in gap.wordings.items() if wording != gap.typical}
    if others:
        message.new_line()
        message.new_line()
        message.write(words.gettext("In other words:"))
    for wording, count in islice(others.items(), MOST_WORDINGS):
        message.new_line()
        times = f" ({count}×)" if count > 1 else ""
        message.write(f"• {shorten(wording, WORDING_LENGTH)}{times}")
    if (more := len(others) - MOST_WORDINGS) > 0:
        message.new_line()
        message.write(
            words.ngettext("… and {count} more", "… and {count} more", more).format(count=more)
        )
    _write_found(message, answer, words)
    return message.finish(_card_keyboard(card, words))


def render_matches(gap_id: int, documents: Sequence[Document], words: NullTranslations) -> Rendered:
    """The documents that a moderator may have meant, each with a button."""
    message = Composer()
    message.write(words.gettext("Which document answers these questions?"))
    for number, document in enumerate(documents, 1):
        message.new_line()
        message.write(f"{number}. ")
        message.write_title(_title(document), address(document))
    rows = [
        [button(f"{number}. {shorten(document.title, LABEL_LENGTH)}", _naming(gap_id, document))]
        for number, document in enumerate(documents, 1)
    ]
    return message.finish(InlineKeyboardMarkup(rows))


def render_told(
    question: str,
    state: GapState,
    answer: Rendered | None,
    document: Document | None,
    words: NullTranslations,
) -> Rendered:
    """What someone is told who wanted to know of an answer.

    Args:
        question: Their own.
        state: What moderators decided.
        answer: The quote that answers it now; None where nothing is found.
        document: The one that moderators named, or else the nearest one; None where there is
            none.
        words: The catalogue of their language.
    """
    asked = f"«{shorten(question, LINE_LENGTH)}»"
    if state == "out of scope":
        return _plain(
            words.gettext(
                "You wanted to know when there is an answer to {question}. I am sorry: the "
                "moderators have decided not to cover it here. I have forgotten your wish."
            ).format(question=asked)
        )
    head = words.gettext(
        "There is an answer now to what you asked: {question}. I have forgotten your wish."
    ).format(question=asked)
    if answer is not None:
        return _preceded(head, answer)
    if document is None:
        return _plain(
            words.gettext(
                "The moderators say that there is an answer now to what you asked: {question}. "
                "Please ask it again. I have forgotten your wish."
            ).format(question=asked)
        )
    message = Composer()
    message.write(head)
    message.new_line()
    message.write(words.gettext("Look into this document:") + " ")
    message.write_title(_title(document), address(document))
    return message.finish()


def wish_keyboard(
    ticket: str, words: NullTranslations, *, wished: bool, told: bool = False
) -> InlineKeyboardMarkup:
    """The buttons under a question that found nothing.

    Args:
        ticket: Names the question, and proves that it was asked in this chat.
        words: The catalogue of the asker's language.
        wished: Whether they want to be told of an answer already.
        told: Whether they have told the moderators, which is done once.
    """
    wish = (
        button(words.gettext("Don't tell me"), f"te:off:{ticket}")
        if wished
        else button(words.gettext("Tell me when there is an answer"), f"te:on:{ticket}")
    )
    if told:
        return InlineKeyboardMarkup.from_button(wish)
    return InlineKeyboardMarkup(
        [[wish], [button(words.gettext("Tell the moderators"), f"te:ask:{ticket}")]]
    )


def _heading(state: GapState, words: NullTranslations) -> str:
    return {
        "open": words.gettext("Questions that found nothing"),
        "done": words.gettext("Questions that have an answer now"),
        "out of scope": words.gettext("Questions that are out of scope"),
    }[state]


def _state_labels(words: NullTranslations) -> dict[GapState, str]:
    return {
        "open": words.gettext("Still open"),
        "done": words.gettext("Done"),
        "out of scope": words.gettext("Out of scope"),
    }


def _status(card: GapCard, words: NullTranslations) -> list[str]:
    lines = []
    match card.gap.state:
        case "done":
            lines.append(" ".join([_ANSWERED, words.gettext("Done: there is an answer now.")]))
        case "out of scope":
            lines.append(
                words.gettext("Out of scope: later questions of this kind are not shown either.")
            )
        case "open" if card.gap.asked_again:
            lines.append(words.gettext("Asked again after it was marked as done."))
    if card.wishers:
        lines.append(
            words.ngettext(
                "{count} person waits to be told.", "{count} people wait to be told.", card.wishers
            ).format(count=card.wishers)
        )
    return lines


def _write_found(message: Composer, answer: Answer, words: NullTranslations) -> None:
    confidences: dict[str, tuple[Document, float]] = {}
    for hit in answer.hits:
        confidences.setdefault(hit.document.id, (hit.document, hit.confidence))
    if not confidences:
        return
    message.new_line()
    message.new_line()
    if answer.answered:
        message.write(" ".join([_ANSWERED, words.gettext("The search answers it now:")]))
    else:
        message.write(words.gettext("The search finds no answer now. Nearest are:"))
    for document, confidence in islice(confidences.values(), MOST_DOCUMENTS):
        message.new_line()
        message.write("• ")
        message.write_title(_title(document), address(document))
        message.write(f" – {confidence:.0%}")


def _card_keyboard(card: GapCard, words: NullTranslations) -> InlineKeyboardMarkup:
    gap = card.gap
    back = button(words.gettext("Back"), f"ga:list:{STATE_LETTERS[gap.state]}:{card.page}")
    if gap.state != "open":
        return InlineKeyboardMarkup.from_row(
            [button(words.gettext("Undo"), f"ga:undo:{gap.id}"), back]
        )
    labels = _state_labels(words)
    return InlineKeyboardMarkup(
        [
            [
                button(labels["done"], f"ga:done:{gap.id}"),
                button(labels["out of scope"], f"ga:scope:{gap.id}"),
            ],
            [button(words.gettext("Answer by a document"), f"ga:answer:{gap.id}"), back],
        ]
    )


def _naming(gap_id: int, document: Document) -> str:
    return f"ga:with:{gap_id}:{document.id}"


def _days(gap: Gap, reader: Voice) -> str:
    days = dict.fromkeys(write_day(day, reader) for day in (gap.first, gap.last))
    return " – ".join(days)


def _title(document: Document) -> str:
    return shorten(document.title, LINE_LENGTH) or ELLIPSIS


def _preceded(head: str, answer: Rendered) -> Rendered:
    """A line above a message; a message that has no room for it stays as it is."""
    prefix = f"{head}\n\n"
    shift = utf16_length(prefix)
    if shift + utf16_length(answer.text) > TEXT_LIMIT:
        return answer
    return Rendered(
        prefix + answer.text,
        tuple(MessageEntity.shift_entities(shift, answer.entities)),
        answer.keyboard,
    )


def _plain(text: str) -> Rendered:
    message = Composer()
    message.write(text)
    return message.finish()
