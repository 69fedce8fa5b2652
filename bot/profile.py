"""What Telegram shows of the bot: its name, what it is, and its commands, in every language.

Telegram keeps all of it, and takes changes of it slowly: a bot's name may be set a few times a
day. So it is asked first, and only what differs is set.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeAlias

from telegram import (
    Bot,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.menus import group_commands, member_commands
from bot.messages import FALLBACK
from corpus.models import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from gettext import NullTranslations

    from telegram import BotCommand, BotCommandScope

    from bot.context import App, Context
    from bot.messages import Messages
    from corpus.models import Language

    # Brings one thing up to date for those who have set a language, or have set none that
    # there is; tells whether that took a change.
    _Update: TypeAlias = Callable[[Bot, NullTranslations, str | None], Awaitable[bool]]

logger = logging.getLogger(__name__)

# Those of other languages come first: what is right for them may be right for the rest.
_READERS: Final[Sequence[tuple[str | None, Language]]] = (
    (None, FALLBACK),
    *((language, language) for language in LANGUAGES),
)


def schedule(application: App) -> None:
    """Look at it once, when the bot starts; nobody waits for it."""
    if application.job_queue is not None:
        application.job_queue.run_once(update_profile, 0)


async def update_profile(context: Context) -> None:
    """The job that brings everything up to date; what fails is tried at the next start."""
    known = context.bot
    # Not by the bot itself: its rate limiter would hold everybody's answers back, for hours,
    # when Telegram wants no more changes of the name.
    own = Bot(known.token, base_url=known.base_url.removesuffix(known.token))
    try:
        async with own:
            await bring_up_to_date(own, context.bot_data.messages)
    except TelegramError as error:
        logger.warning("cannot look at the bot's profile: %s", error.message)


async def bring_up_to_date(bot: Bot, messages: Messages) -> None:
    """Set the name, the descriptions and the commands where they are not as they should be.

    Args:
        bot: Without a rate limiter: whatever is refused is given up, and logged.
        messages: All catalogues.
    """
    changed = 0
    for what, update in _UPDATES.items():
        try:
            for code, language in _READERS:
                changed += await update(bot, messages.for_voice(language), code)
        except TelegramError as error:
            logger.warning("cannot set the bot's %s: %s", what, error.message)
    if changed:
        logger.info("the bot's profile on Telegram: %d changes", changed)


def bot_name(words: NullTranslations) -> str:
    """The bot's name: at most 64 characters."""
    return words.gettext("Daviedka")


def short_description(words: NullTranslations) -> str:
    """What is shown on the bot's page and with links to it: at most 120 characters."""
    return words.gettext("Answers with word-for-word quotes from articles your community trusts.")


def description(words: NullTranslations) -> str:
    """What is shown before somebody starts the bot: at most 512 characters."""
    return " ".join(
        [
            words.gettext(
                "Ask me in Belarusian, Russian, Ukrainian, Polish, Lithuanian, English or German."
            ),
            words.gettext(
                "I answer with quotes from articles and guides that your community trusts, word "
                "for word and with the source."
            ),
            words.gettext("I do not keep who asks what."),
        ]
    )


async def _update_name(bot: Bot, words: NullTranslations, code: str | None) -> bool:
    name = bot_name(words)
    if (await bot.get_my_name(language_code=code)).name == name:
        return False
    return await bot.set_my_name(name, language_code=code)


async def _update_short_description(bot: Bot, words: NullTranslations, code: str | None) -> bool:
    text = short_description(words)
    if (await bot.get_my_short_description(language_code=code)).short_description == text:
        return False
    return await bot.set_my_short_description(text, language_code=code)


async def _update_description(bot: Bot, words: NullTranslations, code: str | None) -> bool:
    text = description(words)
    if (await bot.get_my_description(language_code=code)).description == text:
        return False
    return await bot.set_my_description(text, language_code=code)


def _commands_of(
    scope: BotCommandScope, commands: Callable[[NullTranslations], list[BotCommand]]
) -> _Update:
    async def update(bot: Bot, words: NullTranslations, code: str | None) -> bool:
        wanted = commands(words)
        if list(await bot.get_my_commands(scope=scope, language_code=code)) == wanted:
            return False
        return await bot.set_my_commands(wanted, scope=scope, language_code=code)

    return update


_UPDATES: Final[Mapping[str, _Update]] = {
    "commands": _commands_of(BotCommandScopeDefault(), member_commands),
    "commands in groups": _commands_of(
        BotCommandScopeAllGroupChats(), lambda words: group_commands(words, administrator=False)
    ),
    "commands for administrators": _commands_of(
        BotCommandScopeAllChatAdministrators(),
        lambda words: group_commands(words, administrator=True),
    ),
    "short description": _update_short_description,
    "description": _update_description,
    "name": _update_name,
}
