"""How the bot is served: its token, and the secret of its webhook."""

from __future__ import annotations

import logging
import stat
from typing import TYPE_CHECKING

import pytest

from bot.cli import _without_updates
from bot.errors import SettingsError, TelegramError
from bot.playground.server import Playground
from bot.serving import as_played, check_token, kept_secret
from bot.settings import SECRET, Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("token", ["", "987", "987:abc", "abc:" + "A" * 35, "1:" + "A" * 34 + "\n"])
def test_token_that_cannot_be_one_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(TelegramError, match="@BotFather") as caught:
        check_token(token)

    assert not token or token not in str(caught.value)


def test_token_as_telegram_gives_it_is_let_through() -> None:
    check_token("123456789:AA" + "b-C_" * 8)


def test_secret_is_made_once_for_nobody_else_to_read(tmp_path: Path) -> None:
    path = tmp_path / "webhook.secret"

    secret = kept_secret(path)

    assert SECRET.fullmatch(secret)
    assert kept_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_secret_is_another(tmp_path: Path) -> None:
    assert kept_secret(tmp_path / "one") != kept_secret(tmp_path / "other")


@pytest.mark.parametrize("content", [b"", b"two words", b"a" * 257, "сакрэт".encode()])
def test_file_without_a_secret_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "webhook.secret"
    path.write_bytes(content)

    with pytest.raises(SettingsError, match=r"webhook\.secret"):
        kept_secret(path)


def test_secret_that_cannot_be_kept_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DAVIEDKA_WEBHOOK_SECRET"):
        kept_secret(tmp_path / "nowhere" / "webhook.secret")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (None, None),
        ("http://127.0.0.1:8443/hook", "http://127.0.0.1:8443/hook"),
        ("https://bot.example.org/hook", None),
    ],
)
def test_playground_takes_the_place_of_whoever_is_real(
    tmp_path: Path, url: str | None, kept: str | None
) -> None:
    settings = Settings(
        data_dir=tmp_path, owners=(7,), moderator_chat=-7, channels=("@real",), webhook_url=url
    )
    with Playground(0) as playground:
        played = as_played(settings, playground)

        assert played.telegram_api == playground.url
    assert not {7, -7, "@real"} & {*played.owners, played.moderator_chat, *played.channels}
    assert played.owners
    assert played.webhook_url == kept
    assert played.data_dir == tmp_path


def test_groups_of_the_playground_are_not_left_for_being_no_real_ones(tmp_path: Path) -> None:
    with Playground(0) as playground:
        assert as_played(Settings(data_dir=tmp_path, chats=(-7,)), playground).chats == ()


def test_update_that_cannot_be_read_is_logged_without_its_words() -> None:
    record = logging.LogRecord(
        "telegram.Bot", logging.CRITICAL, "", 0,
        "Error while parsing updates! Received data was %r", ({"text": "мая тайна"},), None,
    )  # fmt: skip

    assert _without_updates(record)
    assert "тайна" not in record.getMessage()
    assert "could not be read" in record.getMessage()


def test_other_lines_are_logged_as_they_are() -> None:
    record = logging.LogRecord("bot", logging.INFO, "", 0, "%d documents", (3,), None)

    assert _without_updates(record)
    assert record.getMessage() == "3 documents"
