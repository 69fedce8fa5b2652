from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from corpus.models import LANGUAGES, Language
from tests.support.telegram import chat, message_update, person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]

NOT_STORED: dict[Language, str] = {
    "be": "Вашы пытанні не захоўваюцца.",
    "ru": "Ваши вопросы не сохраняются.",
    "uk": "Ваші запитання не зберігаються.",
    "pl": "Twoje pytania nie są zapisywane.",
    "lt": "Jūsų klausimai nesaugomi.",
    "en": "Your questions are not stored.",
    "de": "Deine Fragen werden nicht gespeichert.",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_start_greets_in_the_users_language_and_says_that_questions_are_not_stored(
    telegram: TelegramServer, deliver: Deliver, language: Language
) -> None:
    await deliver(message_update("/start", sender=person(language_code=language)))
    (sent,) = telegram.calls("sendMessage")
    assert NOT_STORED[language] in sent["text"].split("\n\n")
    assert sent["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize("code", ["fr", None])
async def test_start_speaks_belarusian_where_the_users_language_is_not_served(
    telegram: TelegramServer, deliver: Deliver, code: str | None
) -> None:
    await deliver(message_update("/start", sender=person(language_code=code)))
    assert NOT_STORED["be"] in telegram.last_message()["text"]


async def test_start_from_an_inline_button_greets_too(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    await deliver(message_update("/start inline"))
    assert NOT_STORED["be"] in telegram.last_message()["text"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_help_has_three_examples_and_the_bots_name(
    telegram: TelegramServer, deliver: Deliver, language: Language
) -> None:
    await deliver(message_update("/help", sender=person(language_code=language)))
    text = telegram.last_message()["text"]
    assert text.count("\n• ") == 3
    assert "@daviedka_bot" in text


@pytest.mark.parametrize("command", ["/start", "/help", "/help@daviedka_bot"])
async def test_commands_work_in_groups(
    telegram: TelegramServer, deliver: Deliver, command: str
) -> None:
    await deliver(message_update(command, chat_id=-100))
    (sent,) = telegram.calls("sendMessage")
    assert sent["chat_id"] == -100


async def test_unknown_command_gets_a_word_in_private(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    await deliver(message_update("/weather", sender=person(language_code="en")))
    assert telegram.last_message()["text"].startswith("I do not know this command.")


@pytest.mark.parametrize(
    "update",
    [
        message_update("/weather", chat_id=-100),
        message_update("/help@another_bot", chat_id=-100),
        message_update("/start", sender=person(is_bot=True)),
        message_update("/start", kind="edited_message"),
        message_update("/start", kind="channel_post"),
    ],
)
async def test_commands_of_others_are_ignored(
    telegram: TelegramServer, deliver: Deliver, update: dict[str, Any]
) -> None:
    await deliver(update)
    assert telegram.calls("sendMessage") == []


def test_a_negative_chat_id_makes_a_group() -> None:
    assert (chat(-1)["type"], chat(1)["type"]) == ("supergroup", "private")
