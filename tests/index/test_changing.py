"""Another model takes over while the one before it serves."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import weakref
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from corpus.database import Database
from corpus.passages import PassageStore
from corpus.store import Store
from index.calibration import Calibration
from index.changing import ModelChange
from index.errors import EncodingError, SnapshotError
from index.search import Searcher
from index.sync import PASSAGES_AHEAD, PassageIndex
from tests.support.drafts import make_draft
from tests.support.encoder import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from index.encoder import Embeddings, Tokens
    from index.models import Answer

QUESTION = "which office gives number seven?"
BEFORE = Calibration("fake", -5.0, {"passage": 5.0, "sentence": 5.0, "lexical": 1.0}, 0.5)
AFTER = Calibration("fake", -6.0, {"passage": 5.0, "sentence": 5.0, "lexical": 1.0}, 0.1)
BATCHES = 4


class NewEncoder(FakeEncoder):
    """Another model: were its embeddings mixed with those of `FakeEncoder`, nothing would fit."""

    name = "fake-32"
    dim = 32

    def __init__(self, before_each: Callable[[int], None] = lambda _: None) -> None:
        super().__init__()
        self.passages = 0
        self._calls = 0
        self._before_each = before_each

    def read_passages(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        self._calls += 1
        self._before_each(self._calls)
        self.passages += len(texts)
        return super().read_passages(texts)


class Halting:
    """Halts an encoder before each batch, until it is told to go on."""

    def __init__(self) -> None:
        self._reached: SimpleQueue[int] = SimpleQueue()
        self._turns = threading.Semaphore(0)
        self._at = 0

    def __call__(self, batch: int) -> None:
        self._reached.put(batch)
        assert self._turns.acquire(timeout=60)

    def wait_for(self, batch: int) -> None:
        """Let it go on until it is about to encode this batch."""
        while self._at < batch:
            if self._at:
                self._turns.release()
            self._at = self._reached.get(timeout=60)

    def end(self) -> None:
        """Let it go on to the end."""
        self._turns.release(1_000_000)


class Bot:
    """A corpus that `FakeEncoder` has embedded, whose model is to change to another one."""

    def __init__(self, directory: Path, encoder: NewEncoder, name: str = "index") -> None:
        self.directory = directory
        self.database = Database.open(directory / "corpus.db")
        self.store = Store(self.database)
        passages = PassageStore(self.database)
        self.index = PassageIndex(passages, FakeEncoder(), directory / name)
        self.index.sync()
        self.successor = PassageIndex(passages, encoder, directory / name)
        self.searcher = Searcher(
            self.store, self.index, calibration=BEFORE, successors={encoder.name: AFTER}
        )
        self.change = ModelChange(self.index, self.successor)

    def add(self, *paragraphs: str, title: str) -> str:
        document = self.store.save(make_draft(*paragraphs, title=title), by="me")
        self.index.sync()
        return document.id

    def close(self) -> None:
        self.change.close()
        self.index.close()
        self.database.close()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A directory whose corpus fills some batches."""
    bot = Bot(tmp_path, NewEncoder())
    paragraphs = (
        f"Office {n} gives number {n}. Come early." for n in range(BATCHES * PASSAGES_AHEAD)
    )
    bot.add(*paragraphs, title="Offices")
    bot.close()
    return tmp_path


@pytest.fixture
def open_bot(corpus: Path) -> Iterator[Callable[[NewEncoder], Bot]]:
    bots: list[Bot] = []

    def open_one(encoder: NewEncoder) -> Bot:
        bots.append(Bot(corpus, encoder))
        return bots[-1]

    yield open_one
    for bot in bots:
        bot.close()


def found(answer: Answer) -> list[tuple[str, float, float]]:
    return [(hit.text, hit.score, hit.confidence) for hit in answer.hits]


def answers_of(bot: Bot, encoder: FakeEncoder, calibration: Calibration) -> Answer:
    """What a bot that never had another model answers."""
    index = PassageIndex(bot.index.passages, encoder, bot.directory / f"fresh-{encoder.name}")
    index.sync()
    return Searcher(bot.store, index, calibration=calibration).search(QUESTION)


def assert_changed(bot: Bot) -> None:
    """The new model's index is whole and answers, and nothing of the old one is left."""
    _, ids = bot.index.passages.passage_ids()
    assert bot.index.problems() == []
    assert bot.index.encoder is bot.index.snapshot.encoder is bot.successor.encoder
    assert bot.index.passages.models() == {NewEncoder.name: len(ids)}
    assert [path.name for path in (bot.directory / "index").iterdir()] == [NewEncoder.name]
    assert found(bot.searcher.search(QUESTION)) == found(answers_of(bot, NewEncoder(), AFTER))
    assert bot.searcher.threshold == AFTER.threshold


def test_model_before_answers_until_the_other_one_is_ready(
    open_bot: Callable[[NewEncoder], Bot],
) -> None:
    halting = Halting()
    bot = open_bot(NewEncoder(halting))
    expected = found(answers_of(bot, FakeEncoder(), BEFORE))

    bot.change.start()
    halting.wait_for(BATCHES)

    assert found(bot.searcher.search(QUESTION)) == expected
    assert bot.searcher.threshold == BEFORE.threshold
    halting.end()
    bot.change.wait()
    assert_changed(bot)


def test_what_comes_and_goes_meanwhile_is_found_and_found_no_more(
    open_bot: Callable[[NewEncoder], Bot],
) -> None:
    halting = Halting()
    bot = open_bot(NewEncoder(halting))
    bot.change.start()
    halting.wait_for(1)
    gone = bot.add("The zoo is open on Monday.", title="Zoo")
    halting.wait_for(3)
    bot.add("The harbour is shut in winter.", title="Harbour")
    bot.store.remove(gone, by="me")
    bot.index.sync()

    def titles(query: str) -> list[str]:
        return [hit.document.title for hit in bot.searcher.search(query, k=40).hits]

    def check() -> None:
        assert titles("when is the harbour shut")[0] == "Harbour"
        assert "Zoo" not in titles("when is the zoo open")

    check()
    halting.end()
    bot.change.wait()
    check()
    assert_changed(bot)


def test_change_that_was_broken_off_goes_on_where_it_was(
    open_bot: Callable[[NewEncoder], Bot], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(batch: int) -> None:
        if batch > 2:
            raise EncodingError("out of order")

    first = open_bot(NewEncoder(fail))
    expected = found(first.searcher.search(QUESTION))
    first.change.start()
    first.change.wait()
    assert found(first.searcher.search(QUESTION)) == expected
    assert "the change of model has stopped: out of order; fake-64 goes on" in caplog.text

    encoder = NewEncoder()
    second = open_bot(encoder)
    assert found(second.searcher.search(QUESTION)) == expected
    second.change.start()
    second.change.wait()

    assert encoder.passages == (BATCHES - 2) * PASSAGES_AHEAD
    assert_changed(second)


def test_closing_ends_it_after_the_batch(open_bot: Callable[[NewEncoder], Bot]) -> None:
    def stop(batch: int) -> None:
        if batch == 2:
            bot.change._closing.set()

    bot = open_bot(NewEncoder(stop))
    bot.change.start()
    bot.change.wait()

    count = BATCHES * PASSAGES_AHEAD
    assert bot.index.passages.models() == {"fake-64": count, "fake-32": 2 * PASSAGES_AHEAD}
    assert bot.index.encoder.name == "fake-64"
    bot.close()  # once more does no harm


def test_killed_between_taking_over_and_deleting_the_rest_goes_at_the_next_start(
    open_bot: Callable[[NewEncoder], Bot],
) -> None:
    bot = open_bot(NewEncoder())
    bot.successor.sync()

    change = ModelChange(bot.successor)
    change.start()
    change.wait()

    bot.index.become(bot.successor)
    assert_changed(bot)


def test_model_before_is_let_go(open_bot: Callable[[NewEncoder], Bot]) -> None:
    bot = open_bot(NewEncoder())
    before = weakref.ref(bot.index.encoder)

    bot.change.start()
    bot.change.wait()
    gc.collect()

    assert before() is None


def test_vectors_that_were_taken_over_are_let_go_once_there_are_newer_ones(
    open_bot: Callable[[NewEncoder], Bot],
) -> None:
    bot = open_bot(NewEncoder())
    bot.change.start()
    bot.change.wait()
    taken_over = weakref.ref(bot.index.snapshot.vectors)

    bot.add("The zoo is open on Monday.", title="Zoo")
    gc.collect()

    assert taken_over() is None


def test_what_comes_in_while_the_index_is_made_keeps_nobody_waiting(
    open_bot: Callable[[NewEncoder], Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps_waiting: list[bool] = []
    bot = open_bot(NewEncoder(lambda _: keeps_waiting.append(bot.index._writing.locked())))

    def add() -> None:
        monkeypatch.undo()
        bot.add("The zoo is open on Monday.", title="Zoo")

    monkeypatch.setattr(bot.successor, "wait", add)
    bot.change.start()
    bot.change.wait()

    assert keeps_waiting == [False] * (BATCHES + 1)
    assert_changed(bot)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own there")
def test_it_steps_back_behind_the_process_whatever_the_priority_of_that(
    open_bot: Callable[[NewEncoder], Bot],
) -> None:
    def own_niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    nicenesses: list[int] = []

    def start() -> None:  # in a thread that is as nice as a process can be made
        os.nice(15)
        bot.change.start()

    bot = open_bot(NewEncoder(lambda _: nicenesses.append(own_niceness())))
    before = own_niceness()
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    bot.change.wait()

    assert nicenesses == [19] * BATCHES
    assert own_niceness() == before
    assert_changed(bot)


def test_reader_of_what_the_model_before_has_made_is_told_that_it_is_gone(
    open_bot: Callable[[NewEncoder], Bot],
) -> None:
    bot = open_bot(NewEncoder())
    index = PassageIndex(bot.index.passages, FakeEncoder(), bot.directory / "index", writable=False)
    reader = Searcher(bot.store, index, calibration=BEFORE)
    assert reader.search(QUESTION).hits

    bot.change.start()
    bot.change.wait()

    with pytest.raises(SnapshotError, match="not embedded by fake-64 any more: start again"):
        reader.search(QUESTION)
    with pytest.raises(SnapshotError, match="start again"):
        reader.follow_up("and number eight?", QUESTION)


def test_words_are_not_folded_again(
    open_bot: Callable[[NewEncoder], Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = open_bot(NewEncoder())

    def fold(text: str) -> list[str]:
        raise AssertionError(f"folded again: {text}")

    with monkeypatch.context() as patched:
        patched.setattr("index.lexical.grams", fold)
        bot.change.start()
        bot.change.wait()

    assert_changed(bot)


def test_question_that_began_before_the_change_is_answered_by_one_model(
    open_bot: Callable[[NewEncoder], Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = open_bot(NewEncoder())
    encode = FakeEncoder.encode_queries

    def change_meanwhile(self: FakeEncoder, texts: Sequence[str]) -> Embeddings:
        monkeypatch.undo()
        bot.change.start()
        bot.change.wait()  # nothing of the model before is left now
        return encode(self, texts)

    monkeypatch.setattr(FakeEncoder, "encode_queries", change_meanwhile)
    answer = bot.searcher.search(QUESTION)

    assert found(answer) == found(answers_of(bot, NewEncoder(), AFTER))


def test_follow_up_that_began_before_the_change_is_answered_by_one_model(
    open_bot: Callable[[NewEncoder], Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = open_bot(NewEncoder())
    encode = FakeEncoder.encode_queries

    def change_meanwhile(self: FakeEncoder, texts: Sequence[str]) -> Embeddings:
        monkeypatch.undo()
        bot.change.start()
        bot.change.wait()
        return encode(self, texts)

    monkeypatch.setattr(FakeEncoder, "encode_queries", change_meanwhile)
    answer = bot.searcher.follow_up("and number eight?", QUESTION)

    assert len(answer.hits) == 8
    assert found(answer) == found(bot.searcher.follow_up("and number eight?", QUESTION))


def test_progress_is_logged_by_tenths(
    open_bot: Callable[[NewEncoder], Bot], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bot = open_bot(NewEncoder())

    bot.change.start()
    bot.change.wait()

    count = BATCHES * PASSAGES_AHEAD
    assert [record.message for record in caplog.records if record.name == "index.changing"] == [
        *(f"{done} of {count} passages embedded by fake-32" for done in range(8, count + 1, 8)),
        "fake-32 answers from now on, fake-64 no more",
        f"{count} passages' embeddings by other models deleted",
    ]


def test_empty_corpus_changes_at_once(tmp_path: Path) -> None:
    bot = Bot(tmp_path, NewEncoder())

    bot.change.start()
    bot.change.wait()

    assert bot.index.encoder.name == NewEncoder.name
    assert bot.index.problems() == []
    assert bot.searcher.search(QUESTION).hits == ()
    bot.close()
