"""How fast a question is answered, by stage and by how many ask, and how much memory it takes.

    python -m benchmarks.search --passages 10000,100000,1000000 --askers 64 --directory DIR

makes corpora of that many synthetic passages (`benchmarks/synthetic.py`), serves each from a
process of its own with the real model, store and indexes, and prints the figures as JSON. The
questions are the sample corpus's. With `--directory` corpora and their indexes are kept for the
next time: 2 GB for 100,000 passages, 20 GB for 1,000,000. With `--instead` there stands beside
each stage what one would use instead: NumPy's product for FAISS, SQLite's FTS5 for tantivy.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from benchmarks.synthetic import fill, read_material
from bot.bridge import THREADS
from bot.settings import Settings
from bot.workspace import open_workspace
from corpus.database import Database
from corpus.readers import SUFFIXES
from corpus.sample import sample_paths, sample_questions
from index.candidates import CANDIDATES
from index.embedding import lexical_text
from index.encoder import load_encoder
from index.lexical import LexicalQuery
from index.second_reading import ApertiumReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from index.search import Searcher
    from index.sync import PassageIndex

ROUNDS = 3
CONCURRENT_QUESTIONS = 1500
RECALL_QUESTIONS = 50
INSTEAD_QUESTIONS = 30
MIB = 1024 * 1024


def main() -> None:
    """Make the corpora, measure each in its own process, print JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", default="10000,100000", help="sizes, separated by commas")
    parser.add_argument("--askers", type=int, default=64, help="how many ask at the same time")
    parser.add_argument("--documents", type=Path, help="a folder whose sentences are used, too")
    parser.add_argument("--directory", type=Path, help="where corpora are kept")
    parser.add_argument("--instead", action="store_true", help="measure the alternatives, too")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, arguments.askers, instead=arguments.instead)))
        return
    root = arguments.directory or Path(tempfile.mkdtemp(prefix="daviedka-benchmark-"))
    results: list[dict[str, Any]] = []
    try:
        for size in map(int, arguments.passages.split(",")):
            directory = root / str(size)
            building = build(directory, size, arguments.documents)
            command = [sys.executable, "-m", "benchmarks.search", "--measure", str(directory)]
            command += ["--askers", str(arguments.askers)]
            command += ["--instead"] * arguments.instead
            output = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603  # ourselves
            started = start(directory)
            results.append({"passages": size, **building, **json.loads(output), **started})
    finally:
        if arguments.directory is None:
            shutil.rmtree(root)
    print(json.dumps({"cores": os.cpu_count(), "sizes": results}, indent=2))


def build(directory: Path, size: int, documents: Path | None) -> dict[str, Any]:
    """Fill a data directory with synthetic passages and their embeddings, unless it is full."""
    figures: dict[str, Any] = {}
    settings = settings_for(directory)
    encoder = load_encoder(settings.model, settings.cache_dir)
    made = directory / "made-for"  # the model: another one's embeddings are of no use
    if not made.exists() or made.read_text(encoding="utf-8") != encoder.name:
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        more = sorted(documents.rglob("*")) if documents else []
        paths = [*sample_paths(), *(path for path in more if path.suffix.lower() in SUFFIXES)]
        material = read_material(paths, encoder, directory.parent)
        filling = time.perf_counter()
        database = Database.open(directory / "corpus.db")
        fill(database, material, encoder.name, size)
        database.close()
        made.write_text(encoder.name, encoding="utf-8")
        figures["store_s"] = round(time.perf_counter() - filling, 1)
    begun = time.perf_counter()
    with open_workspace(settings, write=True) as workspace:
        synced = workspace.sync(workspace.open_index())
    if synced.added:
        figures["index_from_stored_embeddings_s"] = round(time.perf_counter() - begun, 1)
    return figures


def start(directory: Path) -> dict[str, Any]:
    """How long a fresh process takes until it has answered its first question."""
    command = [sys.executable, "-m", "bot", "ask", "--json", "Як атрымаць пашпарт?"]
    begun = time.perf_counter()
    environment = os.environ | {"DAVIEDKA_DATA_DIR": str(directory)}
    output = subprocess.run(command, check=True, capture_output=True, env=environment).stdout  # noqa: S603  # ourselves
    seconds = time.perf_counter() - begun
    return {
        "start_to_first_answer_s": round(seconds, 2),
        "first_answer_ms": json.loads(output)["took_ms"]["total"],
    }


def measure(directory: Path, askers: int, *, instead: bool) -> dict[str, Any]:
    """Ask all sample questions several times, in this process."""
    begun = time.perf_counter()
    with open_workspace(settings_for(directory), write=True) as workspace:
        searcher = workspace.open_searcher()
        ready = time.perf_counter() - begun
        questions = [judged.question for judged in sample_questions()]
        for question in questions:  # loads what is loaded by need
            searcher.search(question)
        busy = time.process_time()
        times = [searcher.search(question).took_ms for _ in range(ROUNDS) for question in questions]
        busy = time.process_time() - busy
        process = psutil.Process()
        figures = {
            # Belarusian questions are then searched twice, in twice the time.
            "apertium": ApertiumReading.find() is not None,
            "ready_after_imports_s": round(ready, 2),
            "query_ms": {
                stage: percentiles([getattr(time, stage) for time in times])
                for stage in ("encode", "dense", "lexical", "rank", "total")
            },
            "processor_ms_per_query": round(busy * 1000 / len(times), 2),
            "at_once": ask_at_once(searcher, questions, askers),
            "resident_mib": round(process.memory_info().rss / MIB),
            "peak_resident_mib": round(
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB
            ),
        }
        index = workspace.open_index()
        figures["recall_at_100"] = recall(index, questions)
        if instead:
            figures["instead_ms"] = measure_instead(index, questions)
        return figures


def ask_at_once(searcher: Searcher, questions: list[str], askers: int) -> dict[str, Any]:
    """Questions a second where many ask, each the next question when the last is answered."""
    waiting = itertools.islice(itertools.cycle(questions), CONCURRENT_QUESTIONS)
    turn = threading.Lock()
    seconds: list[float] = []

    def ask(threads: ThreadPoolExecutor) -> None:
        while True:
            with turn:
                question = next(waiting, None)
            if question is None:
                return
            begun = time.perf_counter()
            threads.submit(searcher.search, question).result()
            seconds.append(time.perf_counter() - begun)

    busy, begun = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads, ThreadPoolExecutor(askers) as asking:
        for one in [asking.submit(ask, threads) for _ in range(askers)]:
            one.result()
    took, busy = time.perf_counter() - begun, time.process_time() - busy
    return {
        "askers": askers,
        "questions_per_s": round(len(seconds) / took, 1),
        "ms": percentiles([1000 * second for second in seconds]),
        "processor_ms_per_query": round(busy * 1000 / len(seconds), 2),
    }


def recall(index: PassageIndex, questions: list[str]) -> dict[str, float]:
    """How much of the exact first hundred is found: as the index knows it, and of questions."""
    vectors = index.snapshot.vectors
    queries = index.encoder.encode_queries(questions[:: len(questions) // RECALL_QUESTIONS])
    best: list[Any] = [np.empty((2, 0)) for _ in queries]
    for ids in np.array_split(vectors.ids, max(1, len(vectors) // 10_000)):
        scores = queries @ vectors.reconstruct(ids).T
        for number, row in enumerate(scores):
            both = np.hstack((best[number], np.vstack((row, ids))))
            best[number] = both[:, np.argsort(-both[0])[:CANDIDATES]]
    found = [
        np.isin(exact[1], vectors.search(query, CANDIDATES)[0]).mean()
        for exact, query in zip(best, queries, strict=True)
    ]
    return {
        "measured_by_the_index": vectors.recall,
        "of_questions": round(float(np.mean(found)), 4),
    }


def measure_instead(index: PassageIndex, questions: list[str]) -> dict[str, Any]:
    """What one would use instead, on the same passages and questions."""
    ids = np.sort(index.snapshot.vectors.ids)
    matrix = index.snapshot.vectors.reconstruct(ids)
    queries = index.encoder.encode_queries(questions)
    full_text = make_fts5(index, ids.tolist())
    grams = [LexicalQuery.of(question).grams for question in questions]

    def product(number: int) -> None:
        scores = matrix @ queries[number]
        best = np.argpartition(-scores, CANDIDATES)[:CANDIDATES]
        best[np.argsort(-scores[best])]

    def match(number: int) -> None:
        query = " OR ".join(f'"{gram}"' for gram in grams[number])
        sql = "SELECT rowid, rank FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?"
        full_text.execute(sql, (query, CANDIDATES)).fetchall()

    def faiss(number: int) -> None:
        index.snapshot.vectors.search(queries[number], CANDIDATES)

    def tantivy(number: int) -> None:
        index.snapshot.lexical.search(LexicalQuery(grams[number]), CANDIDATES)

    alone = {"faiss": faiss, "numpy_product": product, "tantivy": tantivy, "sqlite_fts5": match}
    return {name: percentiles(timed(call, INSTEAD_QUESTIONS)) for name, call in alone.items()}


def make_fts5(index: PassageIndex, ids: list[int]) -> sqlite3.Connection:
    """The same grams in SQLite's full-text index."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE passages USING fts5(grams, detail=none)")
    connection.executemany(
        "INSERT INTO passages (rowid, grams) VALUES (?, ?)",
        (
            (content.id, " ".join(LexicalQuery.of(lexical_text(content)).grams))
            for first in range(0, len(ids), 2000)
            for content in index.passages.contents(ids[first : first + 2000])
        ),
    )
    return connection


def settings_for(directory: Path) -> Settings:
    """The operator's settings, but this data directory."""
    return Settings(data_dir=directory)


def timed(call: Callable[[int], None], count: int) -> Iterator[float]:
    """How long each call takes, in milliseconds."""
    for number in range(count):
        begun = time.perf_counter()
        call(number)
        yield (time.perf_counter() - begun) * 1000


def percentiles(values: Any) -> dict[str, float]:  # noqa: ANN401  # any iterable of numbers
    """The median and the 95th percentile."""
    p50, p95 = np.percentile(list(values), [50, 95])
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2)}


if __name__ == "__main__":
    main()
