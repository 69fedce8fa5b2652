"""The playground as a process, and people in it who act as its page lets them."""

from __future__ import annotations

import re
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from bot.playground.people import MODERATOR_CHAT
from tests.support.updates import buttons, quotes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

    from tests.end_to_end.conftest import Program

Json = dict[str, Any]

# How long a test waits for the bot before it fails: far beyond what any test needs.
PATIENCE = 20.0

# A document that a moderator uploads, as lines of a page, and what it answers.
LIBRARY = [
    "# Library of the Belarusian House",
    "",
    "The library of the Belarusian House in Vilnius is open on Tuesdays and Thursdays from four",
    "to eight in the evening. Whoever brings a passport or a residence card gets a reader's ticket",
    "at once and free of charge. Up to five books may be borrowed, for four weeks.",
]
LIBRARY_QUESTION = "When is the library of the Belarusian House in Vilnius open?"
LIBRARY_ANSWER = "open on Tuesdays and Thursdays"

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass
class Run:
    """A playground that runs.

    Attributes:
        url: Where its page is.
        said: The lines of its standard output so far.
        log: The lines of its standard error, once it has ended.
    """

    url: str
    said: list[str]
    log: list[str]


@contextmanager
def playground(
    program: Program, *arguments: str, stop: signal.Signals = signal.SIGTERM, **settings: str
) -> Iterator[Run]:
    """Run the playground until the block ends; it is then told to stop, and ends well."""
    log_path = program.directory / "playground.log"
    with (
        log_path.open("w+", encoding="utf-8") as log,
        subprocess.Popen(
            program.command("run", *arguments),
            cwd=program.directory,
            env=program.environment | {"DAVIEDKA_PLAYGROUND_PORT": "0"} | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            said: list[str] = []
            for line in process.stdout:
                said.append(line)
                if found := ADDRESS.search(line):
                    break
            else:
                raise AssertionError(log_path.read_text(encoding="utf-8"))
            running = Run(found.group(), said, [])
            yield running
        finally:
            process.send_signal(stop)
            process.wait()
            running_log = log_path.read_text(encoding="utf-8")
        running.log.extend(running_log.splitlines())
    assert process.returncode == 0, running_log
    assert "Traceback" not in running_log, running_log


class Play:
    """What the page does: it tells what people do, and shows what is there.

    Args:
        url: The playground's address.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE)
        world = self.world()
        self.bot: Json = world["bot"]
        self._people: list[Json] = world["people"]
        self._chats: list[Json] = world["chats"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def person(self, role: str, language: str | None = None) -> int:
        """Somebody by what they are, and by the language that they have set."""
        found: int = next(
            person["id"]
            for person in self._people
            if person["role"] == role and language in (None, person["language_code"])
        )
        return found

    def chat(self, kind: str) -> Json:
        """The chat of a kind that is not the moderators'."""
        return next(
            chat for chat in self._chats if chat["type"] == kind and chat["id"] != MODERATOR_CHAT
        )

    def world(self) -> Json:
        """Everything that there is."""
        return self._checked(self._http.get("/api/world"))

    def act(self, action: str, **parameters: Any) -> Json:
        """Let somebody do something."""
        return self._checked(self._http.post(f"/api/{action}", json=parameters))

    def upload(self, person: int, chat: int, *files: tuple[str, bytes], **fields: str) -> Json:
        """Let somebody send files."""
        return self._checked(
            self._http.post(
                "/api/upload",
                data={"person": str(person), "chat": str(chat), **fields},
                files=[("files", file) for file in files],
            )
        )

    def file(self, path: str) -> bytes:
        """A file that is shown."""
        return self._http.get(path).raise_for_status().content

    def wait_for(self, found: Callable[[Json], Any]) -> Any:
        """Block until something is found in the world, and give it.

        Args:
            found: Looks for it; gives nothing where it is not there yet.
        """
        with self._http.stream("GET", "/api/events") as events:
            lines = events.iter_lines()
            while True:
                if (it := found(self.world())) is not None:
                    return it
                # Whatever changes is told: only then is it worth another look.
                for line in lines:
                    if line.startswith("event:"):
                        break
                else:
                    raise AssertionError("the playground has ended")

    def wait_for_message(self, chat: int, after: int, of: Callable[[Json], bool]) -> Json:
        """The first message in a chat that comes after another one and is as it should be."""

        def found(world: Json) -> Json | None:
            return next(
                (
                    message
                    for message in world["messages"].get(str(chat), ())
                    if message["message_id"] > after and self.is_bots(message) and of(message)
                ),
                None,
            )

        message: Json = self.wait_for(found)
        return message

    def wait_for_change(self, message: Json, of: Callable[[Json], bool]) -> Json:
        """A message as it is once it has become as it should be."""
        chat, message_id = message["chat"]["id"], message["message_id"]

        def found(world: Json) -> Json | None:
            return next(
                (
                    now
                    for now in world["messages"][str(chat)]
                    if now["message_id"] == message_id and of(now)
                ),
                None,
            )

        changed: Json = self.wait_for(found)
        return changed

    def wait_for_request(self, method: str, of: Callable[[Json], bool]) -> Json:
        """What the bot asked of the server, once it has."""

        def found(world: Json) -> Json | None:
            return next(
                (
                    passed["body"]
                    for passed in reversed(world["journal"])
                    if (passed["kind"], passed["name"]) == ("request", method)
                    and of(passed["body"])
                ),
                None,
            )

        request: Json = self.wait_for(found)
        return request

    def is_bots(self, message: Json) -> bool:
        """Whether the bot itself wrote it."""
        return bool(message.get("from", {}).get("id") == self.bot["id"])

    def ask(self, person: int, question: str, chat: int | None = None, **more: Any) -> Json:
        """Ask, and give the bot's answer."""
        place = person if chat is None else chat
        asked = self.act("send", person=person, chat=place, text=question, **more)
        return self.wait_for_message(place, asked["message_id"], lambda _: True)

    def press(self, person: int, message: Json, label: str) -> Json:
        """Press the first button with this in its label."""
        pressed = next(button for button in buttons(message) if label in button["text"])
        return self.act(
            "press",
            person=person,
            chat=message["chat"]["id"],
            message_id=message["message_id"],
            data=pressed["callback_data"],
        )

    def quoted(self, message: Json) -> str:
        """Everything that a message quotes, its white space made single."""
        return " ".join(" ".join(quotes({"text": ""} | message)).split())

    @staticmethod
    def _checked(response: httpx.Response) -> Json:
        assert response.is_success, response.text
        answer: Json = response.json()
        return answer
