"""Too much is refused, with the time to wait."""

from __future__ import annotations

import httpx
import pytest

from bot.playground.errors import RefusalError
from bot.playground.flood import BURST, Flood
from bot.playground.server import Playground


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def flood(clock: Clock) -> Flood:
    return Flood(clock)


def refused(flood: Flood, chat_id: int) -> int:
    """How long the bot has to wait, in seconds."""
    with pytest.raises(RefusalError) as refusal:
        flood.count("sendMessage", chat_id)
    wait = refusal.value.parameters["retry_after"]
    assert refusal.value.body == {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {wait}",
        "parameters": {"retry_after": wait},
    }
    return wait


def test_chat_takes_a_burst_and_then_one_a_second(flood: Flood, clock: Clock) -> None:
    for _ in range(BURST):
        flood.count("sendMessage", 5)
    assert refused(flood, 5) == 1
    flood.count("sendMessage", 6)
    clock.time += 1
    flood.count("editMessageText", 5)
    assert refused(flood, 5) == 1
    clock.time += BURST
    for _ in range(BURST):
        flood.count("sendMessage", 5)


def test_all_chats_together_take_thirty_a_second(flood: Flood, clock: Clock) -> None:
    for chat_id in range(1, 31):
        flood.count("sendMessage", chat_id)
    assert refused(flood, 31) == 1
    clock.time += 1
    flood.count("sendMessage", 31)


def test_group_takes_twenty_a_minute(flood: Flood, clock: Clock) -> None:
    for _ in range(20):
        flood.count("sendMessage", -5)
        clock.time += 2
    assert refused(flood, -5) == 20
    flood.count("sendMessage", -6)
    clock.time += 20
    flood.count("sendMessage", -5)
    assert refused(flood, -5) == 2


def test_what_shows_nothing_is_not_counted(flood: Flood) -> None:
    for _ in range(100):
        flood.count("sendChatAction", 5)
        flood.count("answerCallbackQuery", 5)
        flood.count("getChat", -5)
    flood.count("sendMessage", 5)


def test_bot_that_sends_too_much_is_told_so() -> None:
    with Playground(0) as playground, httpx.Client(trust_env=False) as http:
        http.post(f"{playground.url}/api/send", json={"person": 1003, "chat": 1003, "text": "Так"})
        url = f"{playground.url}/bot{playground.token}/sendMessage"
        message = {"chat_id": 1003, "text": "Так"}
        answers = [http.post(url, json=message).json() for _ in range(30)]
        sent = len(playground.world.chats[1003].messages) - 1
        # The more, the slower it goes.
        assert BURST <= sent == sum(answer["ok"] for answer in answers)
        refused = [answer for answer in answers if not answer["ok"]]
        assert all(answer["parameters"]["retry_after"] == 1 for answer in refused)
