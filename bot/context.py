"""The typed context that every handler gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

from bot.marks import Marks
from bot.memory import Memory
from bot.newest import INLINE_TURNS, Newest
from bot.presence import Presence
from bot.voices import choose_voice

if TYPE_CHECKING:
    from collections.abc import Callable
    from gettext import NullTranslations

    from telegram import BotCommand, User

    from bot.bridge import AsyncSearch, Threads
    from bot.feeds import Poller
    from bot.keeping import Keeping
    from bot.limits import Limits
    from bot.messages import Messages
    from bot.records.database import Records
    from bot.roles import Roles
    from bot.settings import Settings
    from bot.voices import Voice
    from corpus.models import DetectedLanguage

P = ParamSpec("P")
T = TypeVar("T")


class Services:
    """What all handlers share; set once, by `build_application`.

    The library makes it without arguments.
    """

    settings: Settings
    search: AsyncSearch
    messages: Messages
    keeping: Keeping
    keeping_thread: Threads
    records: Records
    records_thread: Threads
    reading_threads: Threads
    roles: Roles
    limits: Limits
    poller: Poller

    def __init__(self) -> None:
        # By user, the menu that they see: it is sent once, and again where it changes.
        self.menus: dict[int, list[BotCommand]] = {}
        # By user, how they want to be spoken to; as in `records.languages`.
        self.voices: dict[int, Voice] = {}
        self.inline_queries = Newest(INLINE_TURNS)
        self.presence = Presence()
        self.memory = Memory()
        self.marks = Marks()

    def close(self) -> None:
        """Forget what was asked, and end the threads; databases belong to whoever opened them."""
        self.memory.clear()
        self.search.close()
        self.keeping_thread.close()
        self.records_thread.close()
        self.reading_threads.close()


class Context(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], Services]):
    """A handler's context, with what it needs under plain names."""

    @property
    def settings(self) -> Settings:
        """What the operator has set."""
        return self.bot_data.settings

    @property
    def search(self) -> AsyncSearch:
        """The corpus, for asking."""
        return self.bot_data.search

    @property
    def keeping(self) -> Keeping:
        """The corpus, for changing it: by `in_keeping` only."""
        return self.bot_data.keeping

    @property
    def records(self) -> Records:
        """What the bot remembers besides: by `in_records` only."""
        return self.bot_data.records

    @property
    def memory(self) -> Memory:
        """What was just talked about."""
        return self.bot_data.memory

    @property
    def roles(self) -> Roles:
        """Who may do what."""
        return self.bot_data.roles

    @property
    def limits(self) -> Limits:
        """Who may ask how much."""
        return self.bot_data.limits

    async def in_keeping(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call that reads or changes the corpus, one after the other."""
        return await self.bot_data.keeping_thread.run(call, *args, **kwargs)

    async def in_records(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call that reads or changes the bot's own database, one after the other."""
        return await self.bot_data.records_thread.run(call, *args, **kwargs)

    async def in_reading(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call that may take long and changes no document: reading files, fetching pages."""
        return await self.bot_data.reading_threads.run(call, *args, **kwargs)

    def words(self, voice: Voice) -> NullTranslations:
        """The bot's own words with one voice."""
        return self.bot_data.messages.for_voice(voice)

    def words_for(self, user: User | None) -> NullTranslations:
        """The bot's own words for someone; see `voice_of`."""
        return self.words(self.voice_of(user))

    def voice_of(self, user: User | None, detected: DetectedLanguage | None = None) -> Voice:
        """How to speak to someone.

        As they chose by /language; else in the language of their question, where there is one
        and it is clear; else in the one that they have set for Telegram.
        """
        if user is None:
            return choose_voice(None, None, detected)
        return self.voice_by(user.id, user.language_code, detected)

    def voice_by(
        self, user_id: int, language_code: str | None, detected: DetectedLanguage | None = None
    ) -> Voice:
        """How to speak to someone of whom Telegram has told this language; see `voice_of`."""
        return choose_voice(self.bot_data.voices.get(user_id), language_code, detected)


Jobs: TypeAlias = JobQueue[Context]
App: TypeAlias = Application[ExtBot[int], Context, dict[Any, Any], dict[Any, Any], Services, Jobs]
