"""The playground with its cast, the page's side of it, and the bot's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.playground.server import Playground

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.playground.requests import Json


@dataclass(frozen=True, slots=True)
class Client:
    """Both sides of a playground over HTTP."""

    playground: Playground
    http: httpx.Client

    def do(self, action: str, **given: Any) -> Json:
        """What a person does on the page."""
        response = self.http.post(f"/api/{action}", json=given)
        assert response.status_code == 200, response.text
        done: Json = response.json()
        return done

    def cannot(self, action: str, **given: Any) -> str:
        """Why a person cannot do that."""
        response = self.http.post(f"/api/{action}", json=given)
        assert response.status_code == 400, response.text
        error: str = response.json()["error"]
        assert "\n" not in error
        return error

    def ask(self, method: str, **parameters: Any) -> Json:
        """The whole answer to a request of the bot."""
        url = f"/bot{self.playground.token}/{method}"
        response = self.http.post(url, json=parameters)
        answer: Json = response.json()
        assert response.status_code == answer.get("error_code", 200)
        return answer

    def call(self, method: str, **parameters: Any) -> Any:
        """The result of a request of the bot."""
        answer = self.ask(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    def refusal(self, method: str, **parameters: Any) -> str:
        """How a request of the bot is refused."""
        answer = self.ask(method, **parameters)
        assert not answer["ok"], answer
        description: str = answer["description"]
        return description

    def updates(self, *kinds: str) -> list[Json]:
        """What the bot has not fetched before; of these kinds, where they are named."""
        got: list[Json] = self.call("getUpdates", **({"allowed_updates": kinds} if kinds else {}))
        if got:
            self.call("getUpdates", offset=got[-1]["update_id"] + 1)
        return got

    def events(self, name: str) -> list[Json]:
        """What the page was told, of one kind, from the beginning."""
        with self.playground.changed:
            told = self.playground.events.after(0, 0) or []
        return [json.loads(event.content) for event in told if event.name == name]

    def world(self) -> Json:
        """What the page shows."""
        world: Json = self.http.get("/api/world").json()
        return world

    def chat(self, chat_id: int) -> Json:
        """A chat as the page shows it."""
        found: Json = next(chat for chat in self.world()["chats"] if chat["id"] == chat_id)
        return found

    def messages(self, chat_id: int) -> list[Json]:
        """The messages of a chat, as the page shows them."""
        messages: list[Json] = self.world()["messages"][str(chat_id)]
        return messages


@pytest.fixture
def playground() -> Iterator[Playground]:
    """The cast on any port, with no limits to how much is sent."""
    with Playground(0, flood=False) as opened:
        yield opened


@pytest.fixture
def client(playground: Playground) -> Iterator[Client]:
    """Both sides of it."""
    with httpx.Client(base_url=playground.url, trust_env=False, timeout=20) as http:
        yield Client(playground, http)
