"""The typed context that every handler gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from telegram.ext import Application, CallbackContext, ExtBot

from bot.messages import choose_language

if TYPE_CHECKING:
    from gettext import NullTranslations

    from telegram import User

    from bot.bridge import AsyncSearch
    from bot.messages import Messages
    from corpus.models import Language


class Services:
    """What all handlers share; set once, by `build_application`.

    The library makes it without arguments, hence no `__init__`.
    """

    search: AsyncSearch
    messages: Messages


class Context(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], Services]):
    """A handler's context, with what it needs under plain names."""

    @property
    def search(self) -> AsyncSearch:
        """The corpus, for asking."""
        return self.bot_data.search

    def words(self, language: Language) -> NullTranslations:
        """The bot's own words in one language."""
        return self.bot_data.messages.for_language(language)

    def words_for(self, user: User | None) -> NullTranslations:
        """The bot's own words in the language that someone has set for Telegram."""
        return self.words(choose_language(None, user.language_code if user else None))


App: TypeAlias = Application[ExtBot[int], Context, dict[Any, Any], dict[Any, Any], Services, None]
