"""Settings, and what is said of wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import SettingsError
from bot.settings import is_loopback, load_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DAVIEDKA_DATA_DIR", "DAVIEDKA_CACHE_DIR", "DAVIEDKA_TELEGRAM_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_need_no_setting() -> None:
    settings = load_settings()

    assert settings.telegram_token is None
    assert settings.model == "bundled"
    assert settings.data_dir.is_absolute()


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DAVIEDKA_DATA_DIR", "here")
    monkeypatch.setenv("DAVIEDKA_TELEGRAM_TOKEN", "123:abc")

    settings = load_settings()

    assert settings.data_dir == tmp_path / "here"
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == "123:abc"


def test_file_is_read_and_the_environment_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        "DAVIEDKA_MODEL=in-file\nDAVIEDKA_LOG_LEVEL=ERROR\nOTHER=1\n", encoding="utf-8"
    )
    monkeypatch.setenv("DAVIEDKA_MODEL", "in-environment")

    settings = load_settings()

    assert (settings.model, settings.log_level) == ("in-environment", "ERROR")


def test_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAVIEDKA_TELEGRAM_TOKEN", "")

    assert load_settings().telegram_token is None


@pytest.mark.parametrize("where", ["environment", "file"])
def test_unknown_setting_is_named_with_the_nearest_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    if where == "file":
        (tmp_path / ".env").write_text("DAVIEDKA_TELEGRAM_TOKN=secret\n", encoding="utf-8")
    else:
        monkeypatch.setenv("DAVIEDKA_TELEGRAM_TOKN", "secret")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert "DAVIEDKA_TELEGRAM_TOKN is unknown" in str(caught.value)
    assert "did you mean DAVIEDKA_TELEGRAM_TOKEN?" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"), [("DAVIEDKA_LOG_LEVEL", "loud"), ("DAVIEDKA_TELEGRAM_API", "telegram")]
)
def test_wrong_value_names_the_setting_and_not_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name) as caught:
        load_settings()

    assert value not in str(caught.value).replace(name, "")
    assert "\n" not in str(caught.value)


def test_token_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAVIEDKA_TELEGRAM_TOKEN", "123:abc")

    assert "abc" not in repr(load_settings())


TOKEN = "123:abc"  # noqa: S105  # it is none
LOCAL_API = "http://localhost:8081"


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"DAVIEDKA_TELEGRAM_TOKEN": TOKEN}, "https://bot.example.org/hook"),
        ({"DAVIEDKA_TELEGRAM_TOKEN": TOKEN}, "https://bot.example.org:8443"),
        (
            {"DAVIEDKA_TELEGRAM_TOKEN": TOKEN, "DAVIEDKA_TELEGRAM_API": LOCAL_API},
            "http://127.0.0.1:9000/hook",
        ),
        ({}, "http://127.0.0.1:9000/hook"),  # the playground
    ],
)
def test_webhook_is_https_unless_the_bot_api_is_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], url: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DAVIEDKA_WEBHOOK_URL", url)

    assert load_settings().webhook_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DAVIEDKA_WEBHOOK_URL", "http://bot.example.org/hook"),
        ("DAVIEDKA_WEBHOOK_URL", "https:///hook"),
        ("DAVIEDKA_WEBHOOK_URL", "bot.example.org"),
        ("DAVIEDKA_WEBHOOK_URL", "https://bot.example.org/hook?key=1"),
        ("DAVIEDKA_WEBHOOK_URL", "https://bot.example.org#hook"),
        ("DAVIEDKA_WEBHOOK_URL", "https://me:word@bot.example.org/hook"),
        ("DAVIEDKA_WEBHOOK_URL", "https://[bot/hook"),
        ("DAVIEDKA_WEBHOOK_URL", "https://bot.example.org:x/hook"),
        ("DAVIEDKA_WEBHOOK_PORT", "0"),
        ("DAVIEDKA_WEBHOOK_SECRET", "with space"),
        ("DAVIEDKA_WEBHOOK_SECRET", "a" * 257),
        ("DAVIEDKA_PLAYGROUND_PORT", "65536"),
    ],
)
def test_wrong_way_of_serving_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("DAVIEDKA_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=name) as caught:
        load_settings()

    assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://127.0.0.1:8321", True),
        ("http://127.8.0.1", True),
        ("http://[::1]:80/x", True),
        ("http://localhost", True),
        ("https://api.telegram.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost@example.org", False),
        ("http://0.0.0.0", False),
        ("", False),
    ],
)
def test_address_of_this_machine_is_known(address: str, local: bool) -> None:  # noqa: FBT001
    assert is_loopback(address) is local


def test_place_of_the_evaluation_material_is_no_unknown_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DAVIEDKA_SHARED", "/somewhere")

    load_settings()


def test_reranker_is_none_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().reranker is None

    monkeypatch.setenv("DAVIEDKA_RERANKER", "some/cross-encoder")

    assert load_settings().reranker == "some/cross-encoder"
