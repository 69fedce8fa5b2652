"""What members are told of the bot and of themselves: pure, and within Telegram's limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity

from bot.composing import ELLIPSIS, Composer, Rendered, shorten
from bot.library_cards import day_of
from bot.menus import group_commands, member_commands
from bot.voices import NAMES, VOICES, language_in, voice_in, write_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from gettext import NullTranslations

    from bot.voices import Voice
    from corpus.models import Document

SAMPLES: Final = 3
_PART: Final = re.compile(r"(?<=[?!])\s|:\s|\s[–—]\s")
# More is cut off by a phone.
LABEL_LENGTH: Final = 40
# A wish is shown with this much of its question, and so many of them are shown.
QUESTION_LENGTH: Final = 100
WISHES_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person.

    Attributes:
        voice: What they chose by /language, if they did.
        wishes: The day and the question of each of their wishes to be told of an answer.
        moderator: Whether they are in the list of those who keep the documents, or were.
    """

    voice: Voice | None
    wishes: tuple[tuple[date, str], ...]
    moderator: bool


def sample_documents(documents: Iterable[Document], voice: Voice) -> list[Document]:
    """Those whose titles are offered as questions: in the reader's language, if there are any.

    Titles that are questions come first, then the newest.
    """
    return sorted(
        documents,
        key=lambda document: (
            document.language != language_in(voice),
            voice_in(document.language, document.script) != voice,
            not document.title.rstrip().endswith("?"),
            -day_of(document).toordinal(),
            document.id,
        ),
    )[:SAMPLES]


def render_greeting(samples: Sequence[Document], days: int, words: NullTranslations) -> Rendered:
    """What the bot is, how to ask it and what becomes of the question.

    Args:
        samples: Their titles become buttons.
        days: How long questions that found nothing are kept.
        words: The reader's catalogue.
    """
    paragraphs = [
        words.gettext(
            "Hello! I am Daviedka. I look for answers in the articles and guides that "
            "your community trusts."
        ),
        words.gettext(
            "I never write answers of my own: I quote the documents word for word and "
            "always name the source."
        ),
        words.gettext(
            "Just send me your question in your own words, in Belarusian, Russian, "
            "Ukrainian, Polish, Lithuanian, English or German."
        ),
        words.ngettext(
            "I do not store who asks. Questions that found nothing are kept without your "
            "name for {count} day, so that moderators can close the gaps.",
            "I do not store who asks. Questions that found nothing are kept without your "
            "name for {count} days, so that moderators can close the gaps.",
            days,
        ).format(count=days),
        words.gettext("/help shows examples."),
    ]
    if samples:
        paragraphs.append(words.gettext("Or begin with one of these:"))
    keyboard = [
        [InlineKeyboardButton(_label(document.title), callback_data=f"st:{document.id}")]
        for document in samples
    ]
    return _plain("\n\n".join(paragraphs), keyboard)


def render_help(username: str, words: NullTranslations) -> Rendered:
    """How to ask in the private chat, with examples, and what else there is."""
    examples = [
        words.gettext("How can I renew my passport while living abroad?"),
        words.gettext("Which documents do I need for a residence permit?"),
        words.gettext("Where can children learn Belarusian?"),
    ]
    paragraphs = [
        words.gettext("Ask as you would ask a friend, in a whole sentence. For example:"),
        "\n".join(f"• {example}" for example in examples),
        words.gettext("The buttons ◀ and ▶ under an answer show further quotes."),
        words.gettext(
            "To show a quote in another chat, write @{username} and your question there."
        ).format(username=username),
        words.gettext("Where I find no answer, I say so and name the nearest titles."),
        "\n".join(
            f"/{command.command} – {command.description}" for command in member_commands(words)
        ),
    ]
    return _plain("\n\n".join(paragraphs))


def render_group_help(username: str, words: NullTranslations) -> Rendered:
    """How to ask in a group."""
    example = words.gettext("Where can children learn Belarusian?")
    paragraphs = [
        words.gettext("In a group I answer those who ask me. For example:"),
        "\n".join(f"• {asked} {example}" for asked in ("/ask", f"@{username}")),
        words.gettext("Write /ask in reply to a message to ask what it asks."),
        words.gettext("To ask further, reply to my answer."),
        "\n".join(
            f"/{command.command} – {command.description}"
            for command in group_commands(words, administrator=True)
        ),
    ]
    return _plain("\n\n".join(paragraphs))


def render_languages(chosen: Voice | None, words: NullTranslations) -> Rendered:
    """The choice of languages, with the one that holds marked."""
    choices = [
        InlineKeyboardButton(
            f"✓ {NAMES[voice]}" if voice == chosen else NAMES[voice], callback_data=f"la:{voice}"
        )
        for voice in VOICES
    ]
    label = words.gettext("As in Telegram")
    follow = InlineKeyboardButton(
        label if chosen is not None else f"✓ {label}", callback_data="la:auto"
    )
    keyboard = [choices[start : start + 2] for start in range(0, len(choices), 2)]
    return _plain(
        words.gettext(
            "In which language shall I speak with you? You can ask in any of them, whatever you "
            "choose."
        ),
        [*keyboard, [follow]],
    )


def render_privacy(
    known: Known | None, days: int, voice: Voice, words: NullTranslations
) -> Rendered:
    """What is kept and what is not, and what is known of the one who asks.

    Args:
        known: None where others read along: then it is not told.
        days: How long questions that found nothing are kept.
        voice: The reader's.
        words: Its catalogue.
    """
    kept = [
        words.gettext(
            "I remember your last question for ten minutes, to understand the next one. It is "
            "never written to disk."
        ),
        words.ngettext(
            "A question that found nothing is kept for {count} day: its words and the day, not "
            "who asked. With what looks like a telephone number or an address it is not kept.",
            "A question that found nothing is kept for {count} days: its words and the day, not "
            "who asked. With what looks like a telephone number or an address it is not kept.",
            days,
        ).format(count=days),
        words.gettext(
            "If you rate an answer, the rating, the question and the quote are kept, not who "
            "rated it."
        ),
        words.gettext("I count how much is asked in a day and what is quoted, without names."),
        words.gettext(
            "Your language and your wish to be told of an answer are kept only where you asked "
            "for it."
        ),
        words.gettext(
            "Telegram itself can read what is written to a bot. What I never see, I cannot lose: "
            "leave out names and numbers."
        ),
    ]
    message = Composer()
    message.write(words.gettext("I do not keep who asks what."), MessageEntity.BOLD)
    message.new_line()
    for line in kept:
        message.new_line()
        message.write(f"• {line}")
    if known is None:
        return message.finish()
    message.new_line()
    message.new_line()
    message.write(words.gettext("What I know of you"), MessageEntity.BOLD)
    for line in _known_lines(known, voice, words):
        message.new_line()
        message.write(line)
    return message.finish(
        InlineKeyboardMarkup.from_button(
            InlineKeyboardButton(words.gettext("Forget me"), callback_data="fo:me")
        )
        if known.voice is not None or known.wishes
        else None
    )


def render_forgotten(words: NullTranslations, *, moderator: bool) -> Rendered:
    """Says that nothing is known of someone any more, or what must be."""
    lines = [words.gettext("I have forgotten everything I knew of you.")]
    if moderator:
        lines.append(_moderator_line(words))
    return _plain("\n\n".join(lines))


def render_link(username: str, parameter: str, text: str, words: NullTranslations) -> Rendered:
    """A text that leads from a group to the private chat, where a command goes on."""
    button = InlineKeyboardButton(
        words.gettext("In our private chat"), url=f"https://t.me/{username}?start={parameter}"
    )
    return _plain(text, [[button]])


def _label(title: str) -> str:
    """A title for a button: of one that is too long its first part, where it has parts."""
    label = shorten(title, LABEL_LENGTH)
    if label.endswith(ELLIPSIS):
        label = shorten(_PART.split(title, maxsplit=1)[0], LABEL_LENGTH)
    return label or ELLIPSIS


def _known_lines(known: Known, voice: Voice, words: NullTranslations) -> list[str]:
    lines = []
    if known.voice is not None:
        lines.append(words.gettext("Language: {language}").format(language=NAMES[known.voice]))
    if known.wishes:
        count = len(known.wishes)
        lines.append(
            words.ngettext(
                "{count} wish to be told of an answer:",
                "{count} wishes to be told of an answer:",
                count,
            ).format(count=count)
        )
        lines += [
            f"• {write_date(day, voice)}: {shorten(question, QUESTION_LENGTH)}"
            for day, question in known.wishes[:WISHES_SHOWN]
        ]
        if count > WISHES_SHOWN:
            lines.append(ELLIPSIS)
    if known.moderator:
        lines.append(_moderator_line(words))
    return lines or [words.gettext("Nothing.")]


def _moderator_line(words: NullTranslations) -> str:
    return words.gettext(
        "As a moderator you are named beside every change of a document. That stays."
    )


def _plain(text: str, keyboard: Sequence[Sequence[InlineKeyboardButton]] = ()) -> Rendered:
    return Rendered(text, (), InlineKeyboardMarkup(keyboard) if keyboard else None)
