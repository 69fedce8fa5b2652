"""The buttons under an answer: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineQueryLimit

from bot.composing import cut
from bot.labels import address, language_label
from bot.thumbs import Thumb, judged_passages

if TYPE_CHECKING:
    from gettext import NullTranslations

    from bot.pager import Pager
    from index.models import Hit

# What somebody can type after the bot's name.
SHARED_LENGTH: Final = int(InlineQueryLimit.MAX_QUERY_LENGTH)


def answer_keyboard(
    hit: Hit,
    pager: Pager,
    words: NullTranslations,
    *,
    compact: bool = False,
    shared: str = "",
    translation: Hit | None = None,
) -> InlineKeyboardMarkup:
    """What one can do with an answer.

    Args:
        hit: The passage that is shown.
        pager: Leads to the others.
        words: The catalogue of the asker's voice.
        compact: For groups: the way to the others and the thumbs in one row, and the translation.
        shared: The question, for the button that takes it to another chat; where it is "", there
            is no such button. It stands in the message itself, so it is for private chats only.
        translation: The passage that says the same in the asker's language, if there is one.
    """
    best = pager.hits[pager.position][1]
    thumbs = [
        InlineKeyboardButton("👍", callback_data=Thumb(1, hit.passage_id, best).encode()),
        InlineKeyboardButton("👎", callback_data=Thumb(-1, hit.passage_id, best).encode()),
    ]
    translated = []
    if translation is not None:
        label = language_label(translation.document.language, words)
        other = pager.instead(translation.passage_id, translation.best)
        translated = [
            InlineKeyboardButton(label[:1].upper() + label[1:], callback_data=other.encode())
        ]
    if compact:
        rows = [[*pager.buttons(), *thumbs], translated]
        return InlineKeyboardMarkup([row for row in rows if row])
    reading = [
        InlineKeyboardButton(
            words.gettext("Less") if pager.wide else words.gettext("More context"),
            callback_data=pager.widened().encode(),
        )
    ]
    if (link := address(hit.document)) is not None:
        reading.append(InlineKeyboardButton(words.gettext("Open"), url=link))
    beyond = list(thumbs)
    if query := shared[: cut(shared, SHARED_LENGTH)].strip():
        share = InlineKeyboardButton(words.gettext("Share"), switch_inline_query=query)
        beyond.insert(0, share)
    return InlineKeyboardMarkup(
        [row for row in (pager.buttons(), translated, reading, beyond) if row]
    )


def shared_question(keyboard: InlineKeyboardMarkup | None) -> str:
    """The question that the buttons of a message take to other chats; "" where none does."""
    buttons = [button for row in keyboard.inline_keyboard for button in row] if keyboard else []
    return next((query for button in buttons if (query := button.switch_inline_query)), "")


def keep_judgement(
    shown: InlineKeyboardMarkup | None, keyboard: InlineKeyboardMarkup
) -> InlineKeyboardMarkup:
    """The new buttons of a message that still shows the same passage, with its thumbs as they are.

    Args:
        shown: The buttons so far.
        keyboard: The new ones.
    """
    if shown is None or judged_passages(shown) != judged_passages(keyboard):
        return keyboard
    known = {
        thumb.verdict: button
        for row in shown.inline_keyboard
        for button in row
        if (thumb := _thumb(button)) is not None
    }
    return InlineKeyboardMarkup(
        [
            [known[thumb.verdict] if (thumb := _thumb(button)) else button for button in row]
            for row in keyboard.inline_keyboard
        ]
    )


def _thumb(button: InlineKeyboardButton) -> Thumb | None:
    try:
        return Thumb.decode(str(button.callback_data))
    except ValueError:
        return None
