"""The exceptions of the bot layer.

BotError
├── SettingsError      a setting is unknown or will not do
├── DataError          the data directory cannot be used
├── TelegramError      Telegram refuses the bot or cannot be reached
├── NotVerbatimError   what was about to be quoted does not stand in the document
└── StaleDraftError    a draft was decided on before, or is gone

Every message is one line, meant for a person: what is wrong, and what to do.
"""

from __future__ import annotations


class BotError(Exception):
    """Base of everything that this layer raises."""


class NotVerbatimError(BotError):
    """A quote does not stand, to the letter, in its document, so it must not be sent."""


class SettingsError(BotError):
    """A setting is unknown or will not do."""


class DataError(BotError):
    """The data directory cannot be used."""


class TelegramError(BotError):
    """Telegram refuses the bot or cannot be reached."""


class StaleDraftError(BotError):
    """Nothing can be done with a draft any more.

    Attributes:
        draft_id: The draft.
        state: "published", "discarded", or "gone".
        by: The identity of who decided; None where nobody is known.
    """

    def __init__(self, draft_id: str, state: str, by: str | None) -> None:
        super().__init__(f"draft {draft_id} is {state}: send the document again")
        self.draft_id = draft_id
        self.state = state
        self.by = by
