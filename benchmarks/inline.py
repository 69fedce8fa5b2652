"""How soon people who type inline see an answer, and what is done for queries of the past.

    python -m benchmarks.inline --passages 100000 --people 1,20 --directory DIR

fills corpora with synthetic passages as `benchmarks/search.py` does (the directory can be the
same), and runs the bot as `daviedka run` does, with a Bot API server on loopback in a process of
its own. There people type the sample questions, ten characters a second each, and every character
is an inline query; a client sends fewer. Who has come to the end waits for the answer to the whole
question, reads for a moment, and types the next one. Prints JSON:

- `last_key_to_answer_ms`: from the last character to the arrival of its answer;
- `dropped`: the share of queries that were not answered, as a newer one had come;
- `oldest_worked_on_ms`: how old a query was at most when its search began.

Server and people take some of the machine that the bot runs on: on two cores about a fifth of one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from benchmarks.search import build, percentiles, settings_for
from bot.app import ALLOWED_UPDATES, Backend, build_application
from bot.keeping import Keeping
from bot.workspace import open_workspace
from corpus.sample import sample_questions
from index.search import Searcher

if TYPE_CHECKING:
    from collections.abc import Collection

    from index.models import Answer

TOKEN = "1:for-a-server-of-our-own"  # noqa: S105  # opens nothing
CHARACTERS_PER_SECOND = 10
QUESTIONS_EACH = 6
READING_SECONDS = 0.5
# Who has not got an answer by then never will.
PATIENCE_SECONDS = 10
# The bot introduces itself in all its languages; nobody types meanwhile.
PROFILE: dict[str, Any] = {
    "getMyName": {"name": ""},
    "getMyDescription": {"description": ""},
    "getMyShortDescription": {"short_description": ""},
    "getMyCommands": [],
}
INTRODUCTION_SECONDS = 5
BOT = {"id": 1, "is_bot": True, "first_name": "Daviedka", "username": "daviedka_bot"}


def main() -> None:
    """Make the corpora, let people type at each, print JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", default="100000", help="sizes, separated by commas")
    parser.add_argument("--people", default="1,20", help="how many type at once, likewise")
    parser.add_argument("--documents", type=Path, help="a folder whose sentences are used, too")
    parser.add_argument("--directory", type=Path, help="where corpora are kept")
    parser.add_argument("--type", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.type:
        asyncio.run(People(arguments.type).play())
        return
    results = []
    with tempfile.TemporaryDirectory(prefix="daviedka-benchmark-") as temporary:
        root = arguments.directory or Path(temporary)
        for size in map(int, arguments.passages.split(",")):
            build(root / str(size), size, arguments.documents)
            results += [
                {"passages": size, "people": number, **measure(root / str(size), number)}
                for number in map(int, arguments.people.split(","))
            ]
    print(json.dumps({"cores": os.cpu_count(), "runs": results}, indent=2))


def measure(directory: Path, people: int) -> dict[str, Any]:
    """Run the bot over a corpus until everybody has asked all of their questions."""
    settings = settings_for(directory)
    with open_workspace(settings, write=True) as workspace:
        watched = Watched(workspace.open_searcher())
        watched.warm_up()
        watched.begun.clear()
        with workspace.open_records() as records:
            keeping = Keeping(workspace.store, watched.index, records.drafts)
            busy = time.process_time()
            typed = asyncio.run(serve(Backend(settings, watched, keeping, records), people))
            busy = time.process_time() - busy
    answered = [query for query in typed if query["answered"] is not None]
    last = [query for query in typed if query["last"]]
    ages = ages_of(typed, watched.begun)
    return {
        "last_key_to_answer_ms": percentiles(
            [1000 * (query["answered"] - query["typed"]) for query in last if query["answered"]]
        ),
        "questions": len(last),
        "not_answered": sum(query["answered"] is None for query in last),
        "queries": len(typed),
        "searched_for": len(watched.begun),
        "dropped": round(1 - len(answered) / len(typed), 3),
        "oldest_worked_on_ms": round(1000 * max(ages)),
        "age_when_worked_on_ms": percentiles([1000 * age for age in ages]),
        "processor_ms_per_search": round(1000 * busy / len(watched.begun), 1),
    }


def ages_of(typed: list[dict[str, Any]], begun: list[tuple[str, float]]) -> list[float]:
    """How old queries were when their search began, in seconds; what several typed is left out."""
    times = Counter(query["text"] for query in typed)
    typed_at = {query["text"]: query["typed"] for query in typed if times[query["text"]] == 1}
    return [moment - typed_at[text] for text, moment in begun if text in typed_at]


async def serve(backend: Backend, people: int) -> list[dict[str, Any]]:
    """Run the bot as long as people type; what they typed, and when it was answered."""
    command = [sys.executable, "-m", "benchmarks.inline", "--type", str(people)]
    typing = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, limit=2**26
    )
    assert typing.stdout is not None  # noqa: S101  # it is a pipe
    try:
        port = int(await typing.stdout.readline())
        application = build_application(TOKEN, backend, base_url=f"http://127.0.0.1:{port}")
        async with application:
            assert application.updater is not None  # noqa: S101  # it polls
            await application.start()
            await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
            typed: list[dict[str, Any]] = json.loads(await typing.stdout.readline())
            await application.updater.stop()
            await application.stop()
        assert application.post_shutdown is not None  # noqa: S101  # it closes the threads
        await application.post_shutdown(application)
    finally:
        typing.kill()
        await typing.wait()
    return typed


class Watched(Searcher):
    """A searcher, opened before, that writes down when it began which query."""

    def __init__(self, opened: Searcher) -> None:
        vars(self).update(vars(opened))
        self.begun: list[tuple[str, float]] = []

    def search(self, query: str, k: int = 8, *, without: Collection[str] = ()) -> Answer:
        """Search for a query, and remember when."""
        self.begun.append((query, time.monotonic()))
        return super().search(query, k, without=without)


class People:
    """Telegram's side: a Bot API server, and people who type."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.queries: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.came = asyncio.Event()
        self.polled = asyncio.Event()
        self.closing = False
        self.answers: dict[str, asyncio.Event] = {}

    async def play(self) -> None:
        """Serve, let everybody type, and print what came of it."""
        sockets = bind_sockets(0, "127.0.0.1")
        HTTPServer(Application([(r"/bot[^/]+/(\w+)", Method, {"people": self})])).add_sockets(
            sockets
        )
        print(sockets[0].getsockname()[1], flush=True)
        await self.polled.wait()
        await asyncio.sleep(INTRODUCTION_SECONDS)
        questions = [judged.question for judged in sample_questions()]
        random.Random(0).shuffle(questions)  # noqa: S311  # only an order
        each = [questions[first :: self.number][:QUESTIONS_EACH] for first in range(self.number)]
        await asyncio.gather(*(self.type(user, own) for user, own in enumerate(each, 1)))
        self.closing = True
        self.came.set()
        print(json.dumps(self.queries), flush=True)
        await asyncio.Event().wait()  # the bot ends first

    async def type(self, user: int, questions: list[str]) -> None:
        """One person types question after question, and waits for each answer."""
        beat = 1 / CHARACTERS_PER_SECOND
        await asyncio.sleep(beat * user / self.number)
        for question in questions:
            begun = time.monotonic()
            for length in range(1, len(question) + 1):
                await asyncio.sleep(begun + length * beat - time.monotonic())
                # Behind a space there is nothing new to look for.
                if length == len(question) or not question[length - 1].isspace():
                    answer = self.send(user, question[:length], last=length == len(question))
            try:
                await asyncio.wait_for(answer.wait(), PATIENCE_SECONDS)
            except TimeoutError:
                continue
            await asyncio.sleep(READING_SECONDS)

    def send(self, user: int, text: str, *, last: bool) -> asyncio.Event:
        """Make an inline query of what was typed; the event is its answer's arrival."""
        number = len(self.queries)
        self.queries.append(
            {"text": text.strip(), "typed": time.monotonic(), "answered": None, "last": last}
        )
        sender = {"id": user, "is_bot": False, "first_name": "A", "language_code": "be"}
        query = {"id": str(number), "from": sender, "query": text, "offset": ""}
        self.updates.append({"update_id": number + 1, "inline_query": query})
        self.answers[str(number)] = asyncio.Event()
        self.came.set()
        return self.answers[str(number)]

    async def pending(self, offset: int) -> list[dict[str, Any]]:
        """The updates from one on, once there are any."""
        self.polled.set()
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        while not self.updates and not self.closing:
            self.came.clear()
            await self.came.wait()
        return self.updates[:100]

    def answer(self, number: str) -> None:
        """Take the answer to a query."""
        self.queries[int(number)]["answered"] = time.monotonic()
        self.answers[number].set()


class Method(RequestHandler):
    """A method of the Bot API."""

    def initialize(self, people: People) -> None:
        """Tornado's way to hand something to a handler."""
        self.people = people

    async def post(self, method: str) -> None:
        """Answer a request."""
        result: object = PROFILE.get(method, True)
        if method == "getMe":
            result = BOT
        elif method == "getUpdates":
            result = await self.people.pending(int(self.get_body_argument("offset", "0")))
        elif method == "answerInlineQuery":
            self.people.answer(self.get_body_argument("inline_query_id"))
        self.write({"ok": True, "result": result})

    def log_exception(self, *_: object) -> None:
        """Keep standard error clean: at the end the bot gives up its last long poll."""


if __name__ == "__main__":
    main()
