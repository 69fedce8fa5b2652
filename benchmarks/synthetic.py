"""A corpus of any size for the benchmarks, written straight into the store.

Passages are real sentences in another order; their embeddings are the real sentences',
disturbed, and their tokens the real sentences' as they are. A document holds sentences of one
language only.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import insert

from corpus import schema
from corpus.ingest import make_draft
from corpus.models import Passage, Sentence
from corpus.readers import read_file
from corpus.store import Draft
from index.embedding import pack
from index.tokens import pack_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from corpus.database import Database
    from corpus.models import Language, Script
    from index.encoder import Embeddings, Encoder

PASSAGES_PER_DOCUMENT = 20
SENTENCES_PER_PASSAGE = (4, 7)
DOCUMENTS_PER_TRANSACTION = 500

# The length of the vector that is added to a unit vector: its cosine with the result is 0.92.
NOISE = 0.42


@dataclass(frozen=True, slots=True)
class Material:
    """The real sentences of one language, with their embeddings and those of their tokens."""

    language: Language
    script: Script
    sentences: tuple[str, ...]
    embeddings: Embeddings
    tokens: tuple[bytes, ...]


def read_material(paths: Sequence[Path], encoder: Encoder, cache: Path | None) -> list[Material]:
    """The sentences of some documents by language.

    Args:
        paths: Documents of kinds that can be read.
        encoder: Embeds the sentences.
        cache: A folder in which their embeddings are kept for the next time.
    """
    sentences: defaultdict[tuple[Language, Script], list[str]] = defaultdict(list)
    for path in paths:
        draft = make_draft(read_file(path), path.as_posix())
        sentences[draft.language, draft.script] += [
            draft.text[sentence.start : sentence.end]
            for passage in draft.passages
            for sentence in passage.sentences
        ]
    return [
        Material(language, script, tuple(texts), *_encode(texts, encoder, cache))
        for (language, script), texts in sorted(sentences.items())
    ]


def _encode(
    texts: Sequence[str], encoder: Encoder, cache: Path | None
) -> tuple[Embeddings, tuple[bytes, ...]]:
    if cache is None:
        embeddings, tokens = encoder.read_passages(texts)
        return embeddings, tuple(map(pack_tokens, tokens))
    key = hashlib.sha256("\0".join((encoder.name, *texts)).encode()).hexdigest()[:16]
    path = cache / f"sentences-{key}.npz"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        embeddings, tokens = encoder.read_passages(texts)
        packed = [pack_tokens(own) for own in tokens]
        np.savez(
            path,
            embeddings=embeddings,
            tokens=np.frombuffer(b"".join(packed), np.uint8),
            ends=np.cumsum([len(own) for own in packed]),
        )
    with np.load(path) as kept:
        parts = np.split(kept["tokens"], kept["ends"][:-1])
        return kept["embeddings"], tuple(part.tobytes() for part in parts)


def fill(database: Database, material: Sequence[Material], model: str, size: int) -> None:
    """Put so many passages, with their embeddings, into an empty store."""
    random = np.random.default_rng(0)
    documents = _documents(material, size, random)
    while rows := _rows(documents, model):
        with database.writing() as connection:
            for table, values in rows.items():
                connection.execute(insert(getattr(schema, table)), values)


def _documents(
    material: Sequence[Material], size: int, random: np.random.Generator
) -> Iterator[tuple[int, Draft, list[Embeddings], list[bytes]]]:
    """Documents with the embeddings of each passage, its own, then its sentences', and tokens."""
    weights = np.array([len(each.sentences) for each in material], dtype=float)
    for number, first in enumerate(range(0, size, PASSAGES_PER_DOCUMENT)):
        each = material[random.choice(len(material), p=weights / weights.sum())]
        counts = random.integers(
            *SENTENCES_PER_PASSAGE, size=min(PASSAGES_PER_DOCUMENT, size - first), endpoint=True
        )
        chosen = [random.integers(len(each.sentences), size=count) for count in counts]
        texts = [[each.sentences[sentence] for sentence in passage] for passage in chosen]
        yield (
            number,
            _draft(number, each, texts),
            [_embeddings(each.embeddings[passage], random) for passage in chosen],
            [b"".join(each.tokens[sentence] for sentence in passage) for passage in chosen],
        )


def _draft(number: int, material: Material, texts: list[list[str]]) -> Draft:
    passages: list[Passage] = []
    start = 0
    for sentences in texts:
        spans: list[Sentence] = []
        for sentence in sentences:
            spans.append(Sentence(start, start + len(sentence)))
            start += len(sentence) + 1
        passages.append(Passage("", spans[0].start, spans[-1].end, tuple(spans)))
        start += 1
    return Draft(
        source=f"synthetic/{number}",
        title=f"{number}: {texts[0][0][:60]}",
        text="\n\n".join(" ".join(sentences) for sentences in texts),
        language=material.language,
        script=material.script,
        published=None,
        url=None,
        passages=tuple(passages),
    )


def _embeddings(sentences: Embeddings, random: np.random.Generator) -> Embeddings:
    near = np.vstack((sentences.mean(axis=0, keepdims=True), sentences))
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    noise = random.standard_normal(near.shape, dtype=np.float32)
    near += noise * np.float32(NOISE / np.sqrt(near.shape[1]))
    disturbed: Embeddings = near / np.linalg.norm(near, axis=1, keepdims=True)
    return disturbed


def _rows(
    documents: Iterator[tuple[int, Draft, list[Embeddings], list[bytes]]], model: str
) -> dict[str, list[dict[str, Any]]]:
    """The rows of the next documents by table; empty where there are no more."""
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    now = datetime.now(UTC)
    for number, draft, embeddings, tokens in islice(documents, DOCUMENTS_PER_TRANSACTION):
        document_id = f"{number:016x}"
        content = {
            "source": draft.source,
            "title": draft.title,
            "language": draft.language,
            "script": draft.script,
            "published": None,
            "url": None,
            "content_hash": draft.content_hash,
            "state": "live",
        }
        revision = number + 1
        rows["texts"].append({"hash": draft.content_hash, "text": draft.text})
        rows["documents"].append(
            {
                "id": document_id,
                **content,
                "words": len(draft.text.split()),
                "added_by": "benchmark",
                "added_at": now,
                "revision": revision,
            }
        )
        rows["revisions"].append({"revision": revision, "document_id": document_id, **content})
        for position, passage in enumerate(draft.passages):
            passage_id = number * PASSAGES_PER_DOCUMENT + position + 1
            key = draft.embedding_key(passage)
            rows["passages"].append(
                {
                    "id": passage_id,
                    "document_id": document_id,
                    "position": position,
                    "heading": passage.heading,
                    "start": passage.start,
                    "end": passage.end,
                    "embedding_key": key,
                }
            )
            rows["sentences"] += [
                {"passage_id": passage_id, "position": place, "start": span.start, "end": span.end}
                for place, span in enumerate(passage.sentences)
            ]
            rows["embeddings"].append(
                {
                    "model": model,
                    "embedding_key": key,
                    "passage": pack(embeddings[position][0]),
                    "sentences": pack(embeddings[position][1:]),
                    "tokens": tokens[position],
                }
            )
    return dict(rows)
