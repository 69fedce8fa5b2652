"""How fast a question is answered, by stage, and how much memory it takes.

    python benchmarks/search.py --passages 10000,100000

makes corpora of that many synthetic passages, serves each from a process of its own with the
real model, store and indexes, and prints the figures as JSON. The words are those of the sample
corpus, shuffled; the embeddings are those of the sample passages, disturbed; the questions are
the sample corpus's. Beside each stage stands what one would use instead: NumPy's product for
FAISS, SQLite's FTS5 for tantivy.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from bot.settings import Settings
from bot.workspace import open_workspace
from corpus.models import Passage, Sentence
from corpus.readers import read_file
from corpus.sample import sample_paths, sample_questions
from corpus.store import Draft
from index.embedding import pack, passage_text
from index.lexical import LexicalQuery
from index.search import CANDIDATES, Searcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from index.encoder import Embeddings
    from index.sync import PassageIndex

PASSAGES_PER_DOCUMENT = 20
SENTENCES_PER_PASSAGE = 6
WORDS_PER_SENTENCE = 15
ROUNDS = 3
INSTEAD_QUESTIONS = 30
MIB = 1024 * 1024


def main() -> None:
    """Make the corpora, measure each in its own process, print JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", default="10000,100000", help="sizes, separated by commas")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure)))
        return
    results: list[dict[str, Any]] = []
    for size in map(int, arguments.passages.split(",")):
        with tempfile.TemporaryDirectory(prefix="daviedka-benchmark-") as directory:
            command = [sys.executable, __file__, "--measure", directory]
            building = build(Path(directory), size)
            output = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603  # ourselves
            started = start(Path(directory))
            results.append({"passages": size, **building, **json.loads(output), **started})
    print(json.dumps({"cores": os.cpu_count(), "sizes": results}, indent=2))


def build(directory: Path, size: int) -> dict[str, Any]:
    """Fill a data directory with synthetic passages and their embeddings."""
    begun = time.perf_counter()
    generator = np.random.default_rng(0)
    with open_workspace(settings_for(directory), write=True) as workspace:
        index = workspace.open_index()
        words, seeds = material(index)
        for number in range(size // PASSAGES_PER_DOCUMENT):
            workspace.store.save(make_draft(number, words), by="benchmark")
        ids = index.passages.unembedded_ids(index.encoder.name)
        for first in range(0, len(ids), 2000):
            vectors: dict[str, tuple[bytes, bytes]] = {}
            for content in index.passages.contents(ids[first : first + 2000]):
                near = seeds[generator.integers(len(seeds), size=1 + len(content.sentences))]
                disturbed = near + generator.normal(0, 0.02, near.shape)
                disturbed /= np.linalg.norm(disturbed, axis=1, keepdims=True)
                near = disturbed.astype(np.float32)
                vectors[content.embedding_key] = (pack(near[0]), pack(near[1:]))
            index.passages.save_embeddings(index.encoder.name, vectors)
        stored = time.perf_counter()
        index.sync()
        synced = time.perf_counter()
    return {
        "store_s": round(stored - begun, 1),
        "index_from_stored_embeddings_s": round(synced - stored, 1),
    }


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


def measure(directory: Path) -> dict[str, Any]:
    """Ask all sample questions several times, in this process."""
    begun = time.perf_counter()
    with open_workspace(settings_for(directory), write=True) as workspace:
        index = workspace.open_index()
        index.sync()
        searcher = Searcher(workspace.store, index)
        ready = time.perf_counter() - begun
        questions = [judged.question for judged in sample_questions()]
        for question in questions[:10]:
            searcher.search(question)
        times = [searcher.search(question).took_ms for _ in range(ROUNDS) for question in questions]
        process = psutil.Process()
        return {
            "ready_after_imports_s": round(ready, 2),
            "query_ms": {
                stage: percentiles([getattr(time, stage) for time in times])
                for stage in ("encode", "dense", "lexical", "rank", "total")
            },
            "resident_mib": round(process.memory_info().rss / MIB),
            "peak_resident_mib": round(
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MIB
            ),
            "instead_ms": instead(index, questions),
        }


def instead(index: PassageIndex, questions: list[str]) -> dict[str, Any]:
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
            (content.id, " ".join(LexicalQuery.of(passage_text(content)).grams))
            for first in range(0, len(ids), 2000)
            for content in index.passages.contents(ids[first : first + 2000])
        ),
    )
    return connection


def material(index: PassageIndex) -> tuple[list[str], Embeddings]:
    """The sample corpus's words, and embeddings of its paragraphs."""
    paragraphs = [
        paragraph
        for path in sample_paths()
        for paragraph in read_file(path).text.split("\n\n")
        if len(paragraph.split()) > 10
    ]
    return " ".join(paragraphs).split(), index.encoder.encode_passages(paragraphs)


def make_draft(number: int, words: list[str]) -> Draft:
    """A document of shuffled words, with spans as the splitter makes them."""
    shuffled = random.Random(number)  # noqa: S311  # no secret
    text = ""
    passages: list[Passage] = []
    for _ in range(PASSAGES_PER_DOCUMENT):
        first = len(text)
        sentences: list[Sentence] = []
        for _ in range(SENTENCES_PER_PASSAGE):
            start = len(text)
            text += " ".join(shuffled.choices(words, k=WORDS_PER_SENTENCE))
            sentences.append(Sentence(start, len(text)))
            text += " "
        text = text[:-1]
        passages.append(Passage("", first, len(text), tuple(sentences)))
        text += "\n\n"
    return Draft(
        source=f"synthetic/{number}",
        title=" ".join(shuffled.choices(words, k=6)),
        text=text.rstrip(),
        language="en",
        script="Latn",
        published=None,
        url=None,
        passages=tuple(passages),
    )


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
