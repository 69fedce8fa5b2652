from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.telegram import chat, message_update, person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]


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
