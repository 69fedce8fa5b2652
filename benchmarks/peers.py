"""Daviedka beside what one would pick instead, with the same passages, questions and model.

    pip install -e '.[peers]'
    python -m benchmarks.peers --xquad-r FOLDER [--questions 300] [--json]

The contestants: sentence-transformers in 32 bits with an exact FAISS index; txtai and Haystack,
hybrid as their documentation shows it, with SQLite and in memory; and Daviedka as it is shipped.
All have multilingual-e5-small: Daviedka in 8 bits, the others its weights in 32 bits (see
plain_model.py), with E5's prompts. Each runs in a process of its own, one after another, on two
threads. Every question is asked by itself, against the paragraphs of each language.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.database import Database
from corpus.passages import PassageStore
from corpus.store import Store
from index.xquad import make_draft, read_xquad

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from index.xquad import Paragraph

    Search = Callable[[str], int | None]
    """Gives the place of the first passage found for a question."""
    Index = Callable[[Sequence[Paragraph]], Search]
    """Makes passages findable."""

LANGUAGES = ("en", "ru", "de")
QUERY, PASSAGE = "query: ", "passage: "  # E5's prompts
HITS = 10
THREADS = "2"
WARM_UP = 5  # questions
# So many threads, no network, and no word to anyone about this run.
ENVIRONMENT = {
    "OMP_NUM_THREADS": THREADS,
    "MKL_NUM_THREADS": THREADS,
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "false",
}
PACKAGES = (
    "torch",
    "transformers",
    "sentence-transformers",
    "faiss-cpu",
    "txtai",
    "haystack-ai",
    "sentence-transformers-haystack",
    "onnxruntime",
    "tantivy",
)


def open_faiss(model: Path) -> Index:
    """Sentence-transformers and an exact FAISS index."""
    import faiss  # noqa: PLC0415  # each contestant loads only what it needs
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # as above

    encoder = SentenceTransformer(str(model), device="cpu")

    def index(paragraphs: Sequence[Paragraph]) -> Search:
        embeddings = encoder.encode([PASSAGE + paragraph.text for paragraph in paragraphs])
        vectors = faiss.IndexFlatIP(embeddings.shape[1])
        vectors.add(embeddings)

        def search(question: str) -> int | None:
            _, found = vectors.search(encoder.encode([QUERY + question]), HITS)
            return int(found[0, 0])

        return search

    return index


def open_txtai(model: Path) -> Index:
    """Txtai, hybrid, with its contents in SQLite."""
    from txtai import Embeddings  # noqa: PLC0415  # as above

    options = {
        "path": str(model),
        "hybrid": True,
        "content": True,
        "gpu": False,
        "instructions": {"query": QUERY, "data": PASSAGE},
    }
    models: dict[str, Any] = {}  # shared, so that the model is loaded once
    Embeddings(dict(options), models=models).batchtransform(["to load the model"])

    def index(paragraphs: Sequence[Paragraph]) -> Search:
        embeddings = Embeddings(dict(options), models=models)
        embeddings.index((place, paragraph.text) for place, paragraph in enumerate(paragraphs))

        def search(question: str) -> int | None:
            found = embeddings.search(question, HITS)
            return int(found[0]["id"]) if found else None

        return search

    return index


def open_haystack(model: Path) -> Index:
    """Haystack, hybrid: BM25 and embeddings in memory, joined by reciprocal ranks."""
    from haystack import Document, Pipeline  # noqa: PLC0415  # as above
    from haystack.components.joiners import DocumentJoiner  # noqa: PLC0415  # as above
    from haystack.components.retrievers.in_memory import (  # noqa: PLC0415  # as above
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )
    from haystack.document_stores.in_memory import InMemoryDocumentStore  # noqa: PLC0415  # as above
    from haystack.utils import ComponentDevice  # noqa: PLC0415  # as above
    from haystack_integrations.components.embedders.sentence_transformers import (  # noqa: PLC0415  # as above
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    options = {
        "model": str(model),
        "device": ComponentDevice.from_str("cpu"),
        "progress_bar": False,
    }
    writer = SentenceTransformersDocumentEmbedder(prefix=PASSAGE, **options)
    writer.warm_up()  # the model that it loads is the one that questions are embedded by, too

    def index(paragraphs: Sequence[Paragraph]) -> Search:
        store = InMemoryDocumentStore()
        documents = [
            Document(content=paragraph.text, meta={"place": place})
            for place, paragraph in enumerate(paragraphs)
        ]
        store.write_documents(writer.run(documents)["documents"])
        pipeline = Pipeline()
        pipeline.add_component(
            "embedder", SentenceTransformersTextEmbedder(prefix=QUERY, **options)
        )
        pipeline.add_component("by_embedding", InMemoryEmbeddingRetriever(store, top_k=HITS))
        pipeline.add_component("by_words", InMemoryBM25Retriever(store, top_k=HITS))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("embedder.embedding", "by_embedding.query_embedding")
        pipeline.connect("by_embedding", "joiner")
        pipeline.connect("by_words", "joiner")

        def search(question: str) -> int | None:
            answer = pipeline.run({"embedder": {"text": question}, "by_words": {"query": question}})
            found = answer["joiner"]["documents"]
            return int(found[0].meta["place"]) if found else None

        return search

    return index


def open_daviedka(_: Path) -> Index:
    """Daviedka with its own defaults: the bundled model, a store on disk, the three signals."""
    from index.encoder import BUNDLED, load_encoder  # noqa: PLC0415  # as above
    from index.search import Searcher  # noqa: PLC0415  # as above
    from index.sync import PassageIndex  # noqa: PLC0415  # as above

    encoder = load_encoder(BUNDLED, cache_dir())

    def index(paragraphs: Sequence[Paragraph]) -> Search:
        directory = Path(tempfile.mkdtemp(dir=os.environ["TMPDIR"]))
        database = Database.open(directory / "corpus.db")
        store = Store(database)
        for paragraph in paragraphs:
            store.save(make_draft(paragraph), by="benchmark")
        passage_index = PassageIndex(PassageStore(database), encoder, directory / "index")
        passage_index.sync()
        searcher = Searcher(store, passage_index)
        places = {
            paragraph.source_in(paragraph.language): place
            for place, paragraph in enumerate(paragraphs)
        }

        def search(question: str) -> int | None:
            hits = searcher.search(question, HITS).hits
            return places[hits[0].document.source] if hits else None

        return search

    return index


CONTESTANTS: dict[str, Callable[[Path], Index]] = {
    "sentence-transformers + FAISS": open_faiss,
    "txtai": open_txtai,
    "Haystack": open_haystack,
    "Daviedka": open_daviedka,
}


def main() -> None:
    """Let each contestant run in its own process, and print what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--xquad-r", type=Path, required=True, help="folder of en.json and so on")
    parser.add_argument("--questions", type=int, default=300, help="of each language")
    parser.add_argument("--only", choices=CONTESTANTS, action="append", help="may be repeated")
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        name, model = arguments.measure
        print(json.dumps(measure(name, Path(model), arguments.xquad_r, arguments.questions)))
        return
    with tempfile.TemporaryDirectory(prefix="daviedka-peers-") as temporary:
        environment = os.environ | ENVIRONMENT | {"TMPDIR": temporary}
        here = Path(__file__).resolve().parent
        environment["PYTHONPATH"] = str(here.parent)
        model = Path(temporary, "model")
        run([str(here / "plain_model.py"), str(model)], environment)
        run(["-c", "from benchmarks import peers; peers.open_daviedka(peers.Path())"], environment)
        results = {}
        for name in arguments.only or CONTESTANTS:
            command = [__file__, "--xquad-r", str(arguments.xquad_r)]
            command += ["--questions", str(arguments.questions), "--measure", name, str(model)]
            results[name] = json.loads(run(command, environment).splitlines()[-1])
    report = {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "threads": int(THREADS),
        "python": ".".join(map(str, sys.version_info[:3])),
        "versions": {name: metadata.version(name) for name in PACKAGES},
        "paragraphs": len(LANGUAGES) * len(read_xquad(arguments.xquad_r, LANGUAGES[0])),
        "questions": len(LANGUAGES) * arguments.questions,
        "contestants": results,
    }
    print(json.dumps(report, indent=2) if arguments.json else table(results))


def run(command: Sequence[str], environment: dict[str, str]) -> str:
    """Run Python, and give what it printed; what went wrong goes to the terminal."""
    return subprocess.run(  # noqa: S603  # ourselves
        [sys.executable, *command],
        check=True,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    ).stdout


def measure(name: str, model: Path, directory: Path, asked: int) -> dict[str, Any]:
    """What one contestant finds, how fast, and in how much memory."""
    import torch  # noqa: PLC0415  # the process that only starts the others needs no model

    torch.set_num_threads(int(THREADS))
    begun = time.perf_counter()
    index = CONTESTANTS[name](model)
    loaded = time.perf_counter()
    paragraphs = {language: read_xquad(directory, language) for language in LANGUAGES}
    searches = {}
    indexing = time.perf_counter()
    for language in LANGUAGES:
        searches[language] = index(paragraphs[language])
    indexed = time.perf_counter()

    right: dict[str, list[bool]] = {}
    took: list[float] = []
    worked: list[float] = []
    for language in LANGUAGES:
        questions = [
            (question.text, place)
            for place, paragraph in enumerate(paragraphs[language])
            for question in paragraph.questions
        ]
        # Evenly over all articles; the same questions for all contestants.
        chosen = np.linspace(0, len(questions) - 1, min(asked, len(questions))).astype(int)
        for pool in LANGUAGES:
            for text, _ in questions[:WARM_UP]:
                searches[pool](text)
            found = right.setdefault(f"{language}→{pool}", [])
            for number in chosen:
                text, place = questions[number]
                start, work = time.perf_counter(), time.process_time()
                first = searches[pool](text)
                worked.append((time.process_time() - work) * 1000)
                took.append((time.perf_counter() - start) * 1000)
                found.append(first == place)

    recall = {pair: float(np.mean(found)) for pair, found in right.items()}
    same = [recall[f"{language}→{language}"] for language in LANGUAGES]
    cross = [value for pair, value in recall.items() if pair[:2] != pair[-2:]]
    return {
        "r_at_1": {"same": mean(same), "cross": mean(cross)}
        | {pair: round(value, 4) for pair, value in recall.items()},
        "query_ms": {
            "p50": round(float(np.percentile(took, 50)), 2),
            "p95": round(float(np.percentile(took, 95)), 2),
            # The processors' time over all threads: less shaken by what else runs here.
            "cpu": round(float(np.median(worked)), 2),
        },
        "passages_per_second": round(sum(map(len, paragraphs.values())) / (indexed - indexing), 1),
        "load_s": round(loaded - begun, 1),
        "peak_mib": peak_mib(),
    }


def mean(values: Sequence[float]) -> float:
    """The mean, to four places."""
    return round(float(np.mean(values)), 4)


def peak_mib() -> int:
    """The most memory that this process had resident: of this program alone, unlike rusage."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise RuntimeError("there is no VmHWM in /proc/self/status")


def cache_dir() -> Path:
    """Where the bundled model is built: the program's own place."""
    from bot.settings import Settings  # noqa: PLC0415  # a contestant needs no settings

    return Settings().cache_dir


def table(results: dict[str, dict[str, Any]]) -> str:
    """The results as a table in Markdown."""
    lines = [
        "| | R@1 same | R@1 other | question, p50 / p95 | passages a second | peak memory |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in results.items():
        recall, took = found["r_at_1"], found["query_ms"]
        lines.append(
            f"| {name} | {recall['same']:.3f} | {recall['cross']:.3f} "
            f"| {took['p50']:.1f} / {took['p95']:.1f} ms | {found['passages_per_second']:.1f} "
            f"| {found['peak_mib']} MiB |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
