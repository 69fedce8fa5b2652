"""What a group's administrators may set, and the card on which they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.composing import Composer
from bot.voices import NAMES, VOICES, Voice

if TYPE_CHECKING:
    from gettext import NullTranslations

    from bot.composing import Rendered

NotFound = Literal["reaction", "line", "silence"]
Strictness = Literal["normal", "strict", "very strict"]

# The least confidence of an answer; that of the model's calibration (.46 of the bundled one's)
# holds besides. Share of all questions answered, and of these with a wrong first passage, on the
# guide: .60 and .43 where it is normal, .47 and .33 where strict, .31 and .17 where very strict;
# on the sample .44 and .19, .37 and .16, .28 and .16.
THRESHOLDS: Final[Mapping[Strictness, float | None]] = {
    "normal": None,
    "strict": 0.6,
    "very strict": 0.75,
}
# Telegram gives no id of a forum's General topic, and takes none.
GENERAL: Final = 0

_PREFIX: Final = "gs"
_AUTO: Final = "auto"
_LANGUAGES_IN_ROW: Final = 2


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of a forum in which questions are answered.

    Telegram does not tell which topics there are, so some are listed, and one rule is for all
    others, those that are still to come among them.

    Attributes:
        listed: The topics for which the rule does not hold.
        others: Whether questions are answered in all topics that are not listed.
    """

    listed: frozenset[int] = frozenset()
    others: bool = True

    def allow(self, topic: int) -> bool:
        """Whether questions are answered in a topic."""
        return (topic in self.listed) != self.others

    def switch(self, topic: int, *, on: bool) -> Topics:
        """Answer questions in one topic, or do not."""
        rest = self.listed - {topic}
        return replace(self, listed=rest if on == self.others else rest | {topic})

    def switch_others(self, topic: int, *, on: bool) -> Topics:
        """Answer questions in all topics but one, or do not; that one stays as it is."""
        return Topics(others=on).switch(topic, on=self.allow(topic))


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """How questions are answered in a group.

    Attributes:
        language: How to speak; None for each question's own language.
        mentions: Whether questions are answered that mention the bot by its name.
        not_found: What is done where nothing is found.
        topics: Where questions are answered, in a forum.
        strictness: How sure an answer must be.
    """

    language: Voice | None = None
    mentions: bool = True
    not_found: NotFound = "reaction"
    topics: Topics = field(default_factory=Topics)
    strictness: Strictness = "normal"

    @property
    def threshold(self) -> float | None:
        """The least confidence of an answer; None for what is usual."""
        return THRESHOLDS[self.strictness]


# Makes other settings of what there is, as it was pressed in a topic.
_Change: TypeAlias = Callable[[GroupSettings, int], GroupSettings]


def _changes() -> dict[str, _Change]:
    """What every button does, by its callback data without the prefix.

    A button carries what is to be, not what is to be done: pressed twice, or by two at once,
    it comes to the same.
    """

    def language(voice: Voice | None) -> _Change:
        return lambda settings, _: replace(settings, language=voice)

    def mentions(*, on: bool) -> _Change:
        return lambda settings, _: replace(settings, mentions=on)

    def not_found(value: NotFound) -> _Change:
        return lambda settings, _: replace(settings, not_found=value)

    def strictness(value: Strictness) -> _Change:
        return lambda settings, _: replace(settings, strictness=value)

    def here(*, on: bool) -> _Change:
        return lambda settings, topic: replace(
            settings, topics=settings.topics.switch(topic, on=on)
        )

    def others(*, on: bool) -> _Change:
        return lambda settings, topic: replace(
            settings, topics=settings.topics.switch_others(topic, on=on)
        )

    changes = {f"language:{_AUTO}": language(None)}
    changes |= {f"language:{voice}": language(voice) for voice in VOICES}
    changes |= {f"nothing:{value}": not_found(value) for value in get_args(NotFound)}
    for number, value in enumerate(get_args(Strictness)):
        changes[f"strictness:{number}"] = strictness(value)
    for word, on in (("on", True), ("off", False)):
        changes[f"mentions:{word}"] = mentions(on=on)
        changes[f"here:{word}"] = here(on=on)
        changes[f"others:{word}"] = others(on=on)
    return changes


_CHANGES: Final = _changes()
_SHOWN: Final = ("card", "languages")
PATTERN: Final = rf"^{_PREFIX}:({'|'.join([*_SHOWN, *_CHANGES])})$"


def find_change(parts: Sequence[str]) -> _Change | None:
    """What a button does, by the parts of its callback data; None where it only shows something."""
    return _CHANGES.get(":".join(parts))


def render_settings(
    settings: GroupSettings, words: NullTranslations, username: str, topic: int | None = None
) -> Rendered:
    """The card of a group's settings.

    Args:
        settings: As they are.
        words: The catalogue to speak with.
        username: The bot's, without "@".
        topic: Where the card is shown, in a forum; None in other groups.
    """
    rows = [
        (
            words.gettext("Language: {name}").format(name=NAMES[settings.language])
            if settings.language
            else words.gettext("Language: as asked"),
            "languages",
        ),
        (words.gettext("Mentions: on"), "mentions:off")
        if settings.mentions
        else (words.gettext("Mentions: off"), "mentions:on"),
        {
            "normal": (words.gettext("Strictness: normal"), "strictness:1"),
            "strict": (words.gettext("Strictness: high"), "strictness:2"),
            "very strict": (words.gettext("Strictness: highest"), "strictness:0"),
        }[settings.strictness],
        {
            "reaction": (words.gettext("Not found: 🤷"), "nothing:line"),
            "line": (words.gettext("Not found: a line"), "nothing:silence"),
            "silence": (words.gettext("Not found: silence"), "nothing:reaction"),
        }[settings.not_found],
    ]
    if topic is not None:
        rows += [
            (words.gettext("This topic: on"), "here:off")
            if settings.topics.allow(topic)
            else (words.gettext("This topic: off"), "here:on"),
            (words.gettext("Other topics: on"), "others:off")
            if settings.topics.others
            else (words.gettext("Other topics: off"), "others:on"),
        ]
    message = Composer()
    message.write(words.gettext("How I answer in this group; its administrators can change it."))
    message.new_line()
    message.new_line()
    message.write(how_to_ask(settings, words, username))
    return message.finish(
        InlineKeyboardMarkup.from_column([_button(label, action) for label, action in rows])
    )


def render_languages(settings: GroupSettings, words: NullTranslations) -> Rendered:
    """The card on which a group's language is chosen."""
    message = Composer()
    message.write(words.gettext("In which language am I to speak in this group?"))
    auto = words.gettext("As each question")
    choices = [(auto, _AUTO, None), *((NAMES[voice], voice, voice) for voice in VOICES)]
    buttons = [
        _button(f"✓ {label}" if settings.language == voice else label, f"language:{name}")
        for label, name, voice in choices
    ]
    rows = [[buttons[0]]]
    rows += [
        buttons[start : start + _LANGUAGES_IN_ROW]
        for start in range(1, len(buttons), _LANGUAGES_IN_ROW)
    ]
    return message.finish(InlineKeyboardMarkup(rows))


def how_to_ask(settings: GroupSettings, words: NullTranslations, username: str) -> str:
    """How one asks in a group, in a sentence or two."""
    if settings.mentions:
        return words.gettext(
            "Ask me with /ask and your question, or with @{username} and your question. Reply to "
            "an answer of mine to ask further."
        ).format(username=username)
    return words.gettext(
        "Ask me with /ask and your question. Reply to an answer of mine to ask further."
    )


def _button(label: str, action: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=f"{_PREFIX}:{action}")
