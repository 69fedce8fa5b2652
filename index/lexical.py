"""BM25 over character 4-grams of folded words: tantivy.

The grams are made here and handed over as words, so that what is matched does not depend on
a tokenizer's idea of a language. Frequencies are kept, positions are not.

Source of the score: BM25 as tantivy has it, k1 = 1.2 and b = 0.75, a passage's length
rounded to one byte; divided by the number of the query's different grams, so that long and
short queries are comparable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import tantivy
from tantivy import FieldType, Occur, Query

from index.errors import SnapshotError
from index.folding import grams

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from index.vectors import Ids, Scores

# Enough for the largest transaction of a small machine; more makes fewer, larger segments.
WRITER_BYTES = 50_000_000
IDS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """A query as its different grams, in order."""

    grams: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> LexicalQuery:
        """Fold a text; one without letters or digits has no grams and matches nothing."""
        return cls(tuple(sorted(set(grams(text)))))


class LexicalIndex:
    """Passage ids by the grams of their text, in a directory of its own."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._index.config_reader(reload_policy="manual")
        self._index.reload()

    @classmethod
    def open(cls, directory: Path) -> LexicalIndex:
        """Open the index in a directory, or make an empty one.

        Raises:
            SnapshotError: What is there is damaged or of another kind.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
            return cls(tantivy.Index(_schema(), path=str(directory)))
        except (ValueError, OSError) as error:
            raise SnapshotError(f"cannot open the index {directory}: it is damaged") from error

    def searcher(self) -> LexicalSearcher:
        """One state of the index to search; later changes do not touch it."""
        return LexicalSearcher(self._index.searcher(), self._index.schema)

    def change(self, *, removed: Iterable[int], added: Iterable[tuple[int, str]]) -> None:
        """Take passages out and put others in, durably and in one step.

        Doing the same change twice leaves the same index.

        Args:
            removed: Ids to take out; those that are not there do not matter.
            added: Ids and texts to put in; an id that is there already is replaced.

        Raises:
            SnapshotError: It cannot be written.
        """
        try:
            writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
            for passage_id in removed:
                writer.delete_documents_by_term("passage", passage_id)
            for passage_id, text in added:
                writer.delete_documents_by_term("passage", passage_id)
                document = tantivy.Document()
                document.add_integer("passage", passage_id)
                document.add_text("grams", " ".join(grams(text)))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
        except (ValueError, OSError) as error:
            raise SnapshotError(f"cannot write the lexical index: {error}") from error


class LexicalSearcher:
    """One state of a lexical index. Safe to use from several threads."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema) -> None:
        self._searcher = searcher
        self._schema = schema

    def __len__(self) -> int:
        return self._searcher.num_docs

    def ids(self) -> Ids:
        """The ids of all passages, in no order."""
        found: list[Ids] = []
        missing, first = len(self), 0
        # Some at a time: what tantivy gives of one passage takes 200 bytes.
        while missing:
            within = Query.range_query(
                self._schema, "passage", FieldType.Integer, first, first + IDS_AT_ONCE - 1
            )
            found.append(self._run(within, IDS_AT_ONCE)[0])
            missing -= len(found[-1])
            first += IDS_AT_ONCE
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def search(self, query: LexicalQuery, k: int) -> tuple[Ids, Scores]:
        """The passages that share most with the query, best first.

        Returns:
            Ids and scores ≥ 0, of the same length, at most k; passages that share no gram
            with the query are left out.
        """
        if not query.grams:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        ids, scores = self._run(Query.boolean_query(self._should(query)), k)
        return ids, scores / np.float32(len(query.grams))

    def scores(self, query: LexicalQuery, ids: Sequence[int]) -> dict[int, float]:
        """The same scores for just these passages; those that share no gram have 0."""
        found = dict.fromkeys(ids, 0.0)
        if query.grams and ids:
            among = Query.const_score_query(
                Query.term_set_query(self._schema, "passage", list(ids)), 0.0
            )
            combined = Query.boolean_query([(Occur.Must, among), *self._should(query)])
            hit_ids, scores = self._run(combined, len(ids))
            found |= zip(hit_ids.tolist(), (scores / len(query.grams)).tolist(), strict=True)
        return found

    def _should(self, query: LexicalQuery) -> list[tuple[Occur, Query]]:
        return [
            (Occur.Should, Query.term_query(self._schema, "grams", gram, index_option="freq"))
            for gram in query.grams
        ]

    def _run(self, query: Query, k: int) -> tuple[Ids, Scores]:
        hits = self._searcher.search(query, k, count=False).hits
        ids = self._searcher.fast_field_values("passage", [address for _, address in hits])
        scores = [score for score, _ in hits]
        return np.array(ids, dtype=np.int64), np.array(scores, dtype=np.float32)


def _schema() -> tantivy.Schema:
    return (
        tantivy.SchemaBuilder()
        .add_integer_field("passage", indexed=True, fast=True)
        .add_text_field("grams", tokenizer_name="whitespace", index_option="freq")
        .build()
    )
