"""Answers made by hand, and a search whose ranking is counted on the fingers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from corpus.models import DetectedLanguage, Document, Sentence
from index.models import Answer, Hit, Signals, StageTimes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SENTENCE = re.compile(r"\S[^.!?]*[.!?]*")
_PASSAGE = re.compile(r"\S.*?(?=\n\n|\s*\Z)", re.DOTALL)


def make_document(document_id: str = "d1", **fields: Any) -> Document:
    """A document with plausible fields, of which any can be given."""
    defaults: dict[str, Any] = {
        "id": document_id,
        "source": f"/srv/private/{document_id}.md",
        "title": f"Загаловак {document_id}",
        "language": "be",
        "script": "Cyrl",
        "published": date(2025, 9, 11),
        "url": f"https://www.example.org/{document_id}",
        "content_hash": "0" * 64,
        "words": 100,
        "added_by": "tests",
        "added_at": datetime(2025, 9, 12, tzinfo=UTC),
        "revision": 1,
    }
    return Document(**{**defaults, **fields})


def split(text: str, start: int = 0, end: int | None = None) -> tuple[Sentence, ...]:
    """The sentences between start and end: up to a full stop, a "!" or a "?"."""
    return tuple(
        Sentence(match.start(), match.start() + len(match[0].rstrip()))
        for match in _SENTENCE.finditer(text, start, len(text) if end is None else end)
    )


def make_hit(
    text: str, *, best: int = 0, sentences: Sequence[Sentence] | None = None, **fields: Any
) -> Hit:
    """A hit whose passage is a whole document's text, unless start and end are given."""
    start, end = fields.pop("start", 0), fields.pop("end", len(text))
    defaults: dict[str, Any] = {
        "rank": 1,
        "score": 1.0,
        "confidence": 0.9,
        "passage_id": 1,
        "document": make_document(),
        "heading": "",
        "signals": Signals(passage=0.9, sentence=0.9, lexical=1.0, same_language=True),
    }
    return Hit(
        **{**defaults, **fields},
        text=text[start:end],
        start=start,
        end=end,
        sentences=split(text, start, end) if sentences is None else tuple(sentences),
        best=best,
    )


def make_answer(
    hits: Iterable[Hit] = (),
    *,
    query: str = "пытанне",
    language: DetectedLanguage | None = None,
    answered: bool = True,
) -> Answer:
    """An answer with these hits, ranked in the order given."""
    ranked = tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, 1))
    return Answer(
        query=query,
        language=language or DetectedLanguage("be", "Cyrl", 0.9),
        answered=answered and bool(ranked),
        confidence=ranked[0].confidence if ranked else 0.0,
        hits=ranked,
        took_ms=StageTimes(),
    )


class WordSearch:
    """A search over texts by hand: a passage's score is how many of the query's words it has.

    Passages are the texts' paragraphs, numbered from 1 over all documents. It has found an
    answer where the best passage has at least one of the words. Equal scores keep the order
    of the texts.

    Attributes:
        language: What every query is detected as.
        translations: Passages, and those that say the same in another language.
    """

    def __init__(self, texts: Iterable[tuple[Document, str]] = ()) -> None:
        self.language = DetectedLanguage("be", "Cyrl", 0.9)
        self._texts: dict[str, str] = {}
        self._hits: dict[int, Hit] = {}
        self.translations: dict[int, int] = {}
        for document, text in texts:
            self.add(document, text)

    def add(self, document: Document, text: str) -> None:
        """Take a document in."""
        self._texts[document.id] = text
        for match in _PASSAGE.finditer(text):
            passage_id = len(self._hits) + 1
            self._hits[passage_id] = make_hit(
                text,
                start=match.start(),
                end=match.end(),
                document=document,
                passage_id=passage_id,
                score=0.0,
                confidence=0.0,
            )

    def change(self, document_id: str, text: str) -> None:
        """Change a document's text, while the index still has the old one."""
        self._texts[document_id] = text

    def remove(self, document_id: str) -> None:
        """Take a document out, with its passages."""
        del self._texts[document_id]
        self._hits = {
            number: hit for number, hit in self._hits.items() if hit.document.id != document_id
        }

    def search(self, query: str, k: int = 8) -> Answer:
        wanted = _words(query)
        scored = [
            replace(
                hit,
                score=float(len(wanted & _words(hit.text))),
                best=_most_alike(wanted, [hit.quote(span) for span in hit.sentences]),
            )
            for hit in self._hits.values()
        ]
        ranked = sorted(scored, key=lambda hit: -hit.score)[:k]
        answered = bool(ranked) and ranked[0].score > 0
        return make_answer(ranked, query=query, language=self.language, answered=answered)

    def follow_up(
        self,
        query: str,
        before: str,
        document_id: str | None = None,
        passage_id: int | None = None,
        k: int = 8,
    ) -> Answer:
        """The passages with the most words of the question; then those of the document shown."""
        answer = self.search(f"{before} {query}", len(self._hits) or 1)
        wanted = _words(query)
        ranked = sorted(
            answer.hits,
            key=lambda hit: (-len(wanted & _words(hit.text)), hit.document.id != document_id),
        )[:k]
        return make_answer(
            ranked, query=answer.query, language=self.language, answered=answer.answered
        )

    def around(self, passage_id: int, count: int = 1) -> tuple[Hit, ...]:
        found = self._hits.get(passage_id)
        if found is None:
            return ()
        own = [hit for hit in self._hits.values() if hit.document.id == found.document.id]
        place = own.index(found)
        return tuple(own[max(0, place - count) : place + count + 1])

    def translation(self, hit: Hit, language: str) -> Hit | None:
        found = self._hits.get(self.translations.get(hit.passage_id, 0))
        return found if found is not None and found.document.language == language else None

    def hit(self, passage_id: int, best: int = 0) -> Hit | None:
        found = self._hits.get(passage_id)
        return None if found is None else replace(found, best=best)

    def latest(self, k: int, skip: int = 0) -> tuple[Hit, ...]:
        firsts = [hit for hit in self._hits.values() if not hit.start]
        newest = sorted(firsts, key=lambda hit: hit.document.added_at, reverse=True)
        return tuple(newest[skip : skip + k])

    def document_text(self, document_id: str) -> str | None:
        return self._texts.get(document_id)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _most_alike(wanted: set[str], sentences: Sequence[str]) -> int:
    counts = [len(wanted & _words(sentence)) for sentence in sentences]
    return counts.index(max(counts))
