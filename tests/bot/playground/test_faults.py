"""What goes wrong on demand goes wrong as with Telegram, as often as asked for, and is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.playground.faults import KINDS

if TYPE_CHECKING:
    from tests.bot.playground.conftest import Client

ALESIA = 1003


@pytest.fixture(autouse=True)
def _alesia_has_written(client: Client) -> None:
    client.do("send", person=ALESIA, chat=ALESIA, text="Так")
    client.updates()


def write(client: Client, *messages: str) -> None:
    for text in messages:
        client.do("send", person=ALESIA, chat=ALESIA, text=text)


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (
            {"kind": "429", "seconds": 7},
            {
                "error_code": 429,
                "description": "Too Many Requests: retry after 7",
                "parameters": {"retry_after": 7},
            },
        ),
        ({"kind": "502"}, {"error_code": 502, "description": "Bad Gateway"}),
    ],
)
def test_requests_are_refused_as_often_as_asked_for(
    client: Client, fault: dict[str, Any], answer: dict[str, Any]
) -> None:
    client.do("fault", **fault, method="sendMessage", count=2)
    for _ in range(2):
        client.call("getMe")
        assert client.ask("sendMessage", chat_id=ALESIA, text="Так") == {"ok": False, **answer}
    client.call("sendMessage", chat_id=ALESIA, text="Так")
    assert client.world()["faults"] == {"armed": [], "happened": {fault["kind"]: 2}}
    assert client.events("faults")[0]["armed"][0]["count"] == 2
    assert client.events("faults")[-1] == client.world()["faults"]


def test_conflict_is_for_who_fetches(client: Client) -> None:
    client.do("fault", kind="409")
    assert client.refusal("getUpdates").startswith("Conflict: terminated by other getUpdates")
    assert client.call("getUpdates") == []
    (told,) = [one for one in client.world()["journal"] if one["name"] == "getUpdates"]
    assert (told["status"], told["ok"]) == (409, False)


def test_dropped_request_has_been_carried_out(client: Client) -> None:
    client.do("fault", kind="drop", method="sendMessage")
    with pytest.raises(httpx.RemoteProtocolError):
        client.ask("sendMessage", chat_id=ALESIA, text="Так")
    assert len(client.messages(ALESIA)) == 2
    (told,) = [one for one in client.world()["journal"] if one["name"] == "sendMessage"]
    assert (told["status"], told["result"]) == (0, None)


def test_late_answer_comes(client: Client) -> None:
    client.do("fault", kind="latency", method="getMe", seconds=0.01)
    client.call("getMe")
    assert client.world()["faults"]["happened"] == {"latency": 1}


def test_update_is_doubled(client: Client) -> None:
    client.do("fault", kind="duplicate")
    write(client, "1", "2")
    updates = client.updates()
    assert [update["message"]["text"] for update in updates] == ["1", "1", "2"]
    assert updates[0] == updates[1]


def test_update_is_overtaken_by_the_next(client: Client) -> None:
    client.do("fault", kind="reorder")
    write(client, "1", "2", "3")
    updates = client.updates()
    assert [update["message"]["text"] for update in updates] == ["2", "1", "3"]
    ids = [update["update_id"] for update in updates]
    assert ids == sorted(ids)


def test_update_that_nothing_overtakes_comes_when_faults_end(client: Client) -> None:
    client.do("fault", kind="reorder")
    write(client, "1")
    assert client.updates() == []
    client.do("fault", kind="none")
    write(client, "2")
    assert [update["message"]["text"] for update in client.updates()] == ["1", "2"]


@pytest.mark.parametrize("query", ["press", "inline"])
def test_query_expires(client: Client, query: str) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Так", "callback_data": "yes"}]]}
    sent = client.call("sendMessage", chat_id=ALESIA, text="?", reply_markup=keyboard)
    client.do("fault", kind="expire")
    place = {"person": ALESIA, "chat": ALESIA}
    if query == "press":
        asked = client.do("press", **place, message_id=sent["message_id"], data="yes")
        method, answer = "answerCallbackQuery", {"callback_query_id": asked["query_id"]}
    else:
        asked = client.do("inline", **place, query="PESEL")
        method, answer = "answerInlineQuery", {"inline_query_id": asked["query_id"], "results": []}
    assert "query is too old" in client.refusal(method, **answer)


def test_all_faults_end_at_once(client: Client) -> None:
    for kind in KINDS:
        client.do("fault", kind=kind, count=5)
    assert len(client.world()["faults"]["armed"]) == len(KINDS)
    client.do("fault", kind="none")
    assert client.world()["faults"]["armed"] == []
    client.call("sendMessage", chat_id=ALESIA, text="Так")
    assert "no such fault" in client.cannot("fault", kind="earthquake")


@pytest.mark.parametrize(
    "wrong", [{"count": 0}, {"count": -1}, {"seconds": -1}, {"seconds": 3601}, {"seconds": "inf"}]
)
def test_fault_that_could_not_happen_is_refused(client: Client, wrong: dict[str, Any]) -> None:
    (name,) = wrong
    assert client.cannot("fault", kind="latency", **wrong).startswith(name)
    assert client.world()["faults"]["armed"] == []
