"""The bot on Telegram by long polling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram.error import Forbidden, InvalidToken, NetworkError

from bot.app import ALLOWED_UPDATES, build_application
from bot.errors import TelegramError

if TYPE_CHECKING:
    from bot.app import Backend

# Source: "Authorizing your bot" in the Bot API's manual.
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{20,}")


def check_token(token: str) -> None:
    """Refuse what cannot be a bot's token, before anything else is made ready.

    Raises:
        TelegramError: It has not the form of a token.
    """
    if not TOKEN.fullmatch(token):
        raise TelegramError(
            "DAVIEDKA_TELEGRAM_TOKEN is no bot token (123456789:AA…): copy it again from @BotFather"
        )


def poll(token: str, api: str, backend: Backend) -> None:
    """Serve until the process is told to stop.

    Args:
        token: From @BotFather.
        api: The Bot API server, without a slash at its end.
        backend: What stands behind the chat.

    Raises:
        TelegramError: The token is refused, or the server cannot be reached.
    """
    application = build_application(token, backend, base_url=api)
    try:
        application.run_polling(allowed_updates=ALLOWED_UPDATES)
    except (InvalidToken, Forbidden) as error:
        raise TelegramError(
            "Telegram refuses the token in DAVIEDKA_TELEGRAM_TOKEN: "
            "ask @BotFather for the right one"
        ) from error
    except NetworkError as error:
        raise TelegramError(
            f"Telegram cannot be reached at {api} ({error.message}): check the network"
        ) from error
