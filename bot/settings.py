"""What an operator may set: by environment, or in a file `.env` in the working directory."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from platformdirs import user_cache_path, user_data_path
from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from rapidfuzz import process

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "DAVIEDKA_"
ENV_FILE = Path(".env")

# A public name as Telegram allows it, or an id.
_CHANNEL = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}|-100\d+")

_WEBHOOK = re.compile(r"https?://[\w.-]+(:\d{1,5})?(/[^\s?#]*)?", re.ASCII)

# Source: setWebhook's `secret_token` in the Bot API's manual.
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

# Not a setting of the program: where the tests find the evaluation material.
NOT_SETTINGS = {"DAVIEDKA_SHARED"}


def _parts(value: object) -> object:
    """The parts of a comma-separated list; what is none is pydantic's to judge."""
    if not isinstance(value, str):
        return value
    return tuple(part for part in (part.strip() for part in value.split(",")) if part)


Numbers = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_parts)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)]


class Settings(BaseSettings):
    """The settings; each is an environment variable that begins with DAVIEDKA_."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",  # a .env may serve other programs too; ours is checked below
        frozen=True,
        hide_input_in_errors=True,  # the input may be the token
    )

    telegram_token: Annotated[
        SecretStr | None, Field(description="The bot's token, from @BotFather.")
    ] = None
    telegram_api: Annotated[
        str, Field(description="The Bot API server, where it is not Telegram's own.")
    ] = "https://api.telegram.org"
    webhook_url: Annotated[
        str | None,
        Field(description="Where Telegram brings updates to; it is asked for them where unset."),
    ] = None
    webhook_listen: Annotated[
        str, Field(description="The address on this machine to which they come in the end.")
    ] = "127.0.0.1"
    webhook_port: Annotated[int, Field(ge=1, le=65535, description="The port there.")] = 8443
    webhook_secret: Annotated[
        SecretStr | None,
        Field(description="What Telegram shows with each; made and kept where it is unset."),
    ] = None
    playground_port: Annotated[
        int, Field(ge=0, le=65535, description="The playground's port; 0 is any free one.")
    ] = 8321
    data_dir: Annotated[Path, Field(description="Where documents and their index are kept.")] = (
        user_data_path("daviedka")
    )
    cache_dir: Annotated[
        Path, Field(description="Where built models are kept; may be deleted.")
    ] = user_cache_path("daviedka")
    model: Annotated[
        str, Field(description="`bundled`, or a sentence-transformers model's name or path.")
    ] = "bundled"
    reranker: Annotated[
        str | None,
        Field(description="A CrossEncoder's name or path, to read the first hits once more."),
    ] = None
    owners: Annotated[
        Numbers, Field(description="Telegram ids of those who name moderators, comma-separated.")
    ] = ()
    moderator_chat: Annotated[
        int | None, Field(description="A chat's id: all its administrators are moderators.")
    ] = None
    channels: Annotated[
        Names,
        Field(description="Ids or @names of channels whose posts go in by themselves."),
    ] = ()
    chats: Annotated[
        Numbers, Field(description="Ids of the groups to answer in; anywhere where it is empty.")
    ] = ()
    post_words: Annotated[int, Field(ge=1, description="Posts of fewer words are left out.")] = 20
    feed_minutes: Annotated[int, Field(ge=5, description="How often a feed is asked for news.")] = (
        30
    )
    gap_days: Annotated[
        int, Field(ge=1, description="How long questions that found nothing are kept.")
    ] = 90
    questions_per_minute: Annotated[
        int, Field(ge=1, description="How many questions one person may ask in a minute.")
    ] = 12
    chat_questions_per_minute: Annotated[
        int, Field(ge=1, description="How many questions a group may ask in a minute.")
    ] = 30
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], Field(description="How much is logged.")
    ] = "INFO"

    @field_validator("telegram_api")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _can_be_reached(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        # Telegram insists on https; a server on this machine, as the playground's, does not.
        plain = info.data.get("telegram_token") is None or is_loopback(
            info.data.get("telegram_api", "")
        )
        if not _WEBHOOK.fullmatch(value) or not (plain or value.startswith("https:")):
            raise ValueError("it must be https:// with a host, and perhaps a port and a path")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _may_be_shown(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("it must be 1 to 256 of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("channels")
    @classmethod
    def _are_channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for channel in value:
            if not _CHANNEL.fullmatch(channel):
                raise ValueError("it must list ids (-1001234567890) or @names, comma-separated")
        return value

    @field_validator("data_dir", "cache_dir")
    @classmethod
    def _is_absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()


def is_loopback(address: str) -> bool:
    """Whether an address ("http://…") leads to this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load_settings() -> Settings:
    """Read and check the settings.

    Raises:
        SettingsError: One is unknown or has a value that will not do. The message names it
            and never shows its value.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    try:
        in_file = set(dotenv_values(ENV_FILE)) if ENV_FILE.is_file() else set[str]()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the file .env: {error}") from error
    _refuse_unknown(set(os.environ) | in_file, known)
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = PREFIX + str(first["loc"][0]).upper()
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"the setting {name} will not do: {reason}") from error


def _refuse_unknown(names: Iterable[str], known: set[str]) -> None:
    for name in sorted(names):
        if name.upper().startswith(PREFIX) and name.upper() not in known | NOT_SETTINGS:
            nearest = process.extractOne(name.upper(), sorted(known))[0]
            raise SettingsError(
                f"the setting {name} is unknown: did you mean {nearest}? "
                f"There are: {', '.join(sorted(known))}"
            )
