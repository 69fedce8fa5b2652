"""The bot on Telegram: it asks for updates, or has them brought."""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError

from bot.app import ALLOWED_UPDATES, build_application
from bot.errors import SettingsError, TelegramError
from bot.settings import SECRET, is_loopback

if TYPE_CHECKING:
    from pathlib import Path

    from bot.app import Backend
    from bot.context import App
    from bot.playground.server import Playground
    from bot.settings import Settings

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


def as_played(settings: Settings, playground: Playground) -> Settings:
    """The settings for the playground: its people and its chats, in place of any real ones.

    A webhook is kept only where it leads to this machine.
    """
    url = settings.webhook_url
    return settings.model_copy(
        update={
            "telegram_api": playground.url,
            "webhook_url": url if url and is_loopback(url) else None,
            "owners": playground.owner_ids,
            "moderator_chat": playground.moderator_chat,
            "channels": tuple(str(channel) for channel in playground.channel_ids),
            "chats": (),
        }
    )


def serve(token: str, backend: Backend) -> None:
    """Serve until the process is told to stop.

    Updates are asked for by long polling, or brought to this process where the settings name an
    address for that.

    Args:
        token: From @BotFather.
        backend: What stands behind the chat; its settings say how to serve.

    Raises:
        TelegramError: The token or the webhook is refused, or the server cannot be reached.
        SettingsError: Nothing can listen where the settings want it, or the kept secret of the
            webhook cannot be used.
    """
    settings = backend.settings
    if is_loopback(settings.telegram_api):
        # A proxy that the environment names is not the way to this very machine.
        hosts = (getproxies().get("no"), urlsplit(settings.telegram_api).hostname)
        os.environ["no_proxy"] = ",".join(filter(None, hosts))
    application = build_application(token, backend, base_url=settings.telegram_api)
    try:
        if settings.webhook_url is None:
            application.run_polling(allowed_updates=ALLOWED_UPDATES)
        else:
            _run_webhook(application, settings, settings.webhook_url)
    except (InvalidToken, Forbidden) as error:
        raise TelegramError(
            "Telegram refuses the token in DAVIEDKA_TELEGRAM_TOKEN: "
            "ask @BotFather for the right one"
        ) from error
    except NetworkError as error:
        raise TelegramError(
            f"Telegram cannot be reached at {settings.telegram_api} ({error.message}): "
            "check the network"
        ) from error


def _run_webhook(application: App, settings: Settings, url: str) -> None:
    secret = settings.webhook_secret
    try:
        application.run_webhook(
            listen=settings.webhook_listen,
            port=settings.webhook_port,
            # The library takes the path for a regular expression.
            url_path=re.escape(urlsplit(url).path),
            webhook_url=url,
            secret_token=kept_secret(settings.data_dir / "webhook.secret")
            if secret is None
            else secret.get_secret_value(),
            allowed_updates=ALLOWED_UPDATES,
        )
    except BadRequest as error:
        raise TelegramError(
            f"Telegram refuses the address in DAVIEDKA_WEBHOOK_URL ({error.message})"
        ) from error
    except OSError as error:
        raise SettingsError(
            f"cannot listen on port {settings.webhook_port} of {settings.webhook_listen} "
            f"({error.strerror}): set DAVIEDKA_WEBHOOK_PORT and DAVIEDKA_WEBHOOK_LISTEN"
        ) from error


def kept_secret(path: Path) -> str:
    """The secret that a file holds; both are made where they are missing.

    Nobody else may read the file.

    Raises:
        SettingsError: The file cannot be read or made, or holds no secret.
    """
    try:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32), encoding="ascii")
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"cannot read or make {path}: set DAVIEDKA_WEBHOOK_SECRET instead"
        ) from error
    if not SECRET.fullmatch(secret):
        raise SettingsError(f"{path} holds no secret: delete it, and another is made")
    return secret
