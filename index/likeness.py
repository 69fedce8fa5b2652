"""What is already in the corpus that is like a draft.

Candidates come from the same place, bear a title alike, or have passages near to the draft's by
embedding; what they share is then counted in words, since documents on one subject are near to
each other, too, and share hardly any four words in a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import numpy as np
from rapidfuzz import fuzz, process, utils

from index.embedding import contents_of, passage_text

if TYPE_CHECKING:
    from corpus.models import Document
    from corpus.store import Draft, Store
    from index.sync import PassageIndex

    Grams = frozenset[tuple[str, ...]]

Kind = Literal["same text", "older version", "overlap"]

# At most so many are named.
NAMED = 3

# So many of a draft's passages, evenly spread, are looked for by embedding: what is worth naming
# shares more than one, and to encode 24 takes less than a second.
_SAMPLE = 24
_NEAREST = 5
_CANDIDATES = 8

# In words in a row. Two news of one event share a name and an office, not these.
_GRAM = 4
# A passage is there too if so much of it is: one changed word breaks four grams.
_SHARED = 0.4
# Of the shorter one's wording. Of 104 guides and articles, many of them on the same subjects, six
# pairs share more than a tenth: whole paragraphs and templates. None with titles alike that is no
# version shares a quarter.
_WORTH_NAMING = 0.1
_VERSION = 0.25
# Of 100: "Як атрымаць PESEL" and "Як атрымаць PESEL (2026)" have 87.
_TITLES_ALIKE = 75

_KINDS: tuple[Kind, ...] = ("same text", "older version", "overlap")


@dataclass(frozen=True, slots=True)
class Alike:
    """A document that is like a draft.

    Attributes:
        document: Live, hidden or removed.
        kind: "older version" where it is from the same source or address, or bears a title
            alike and shares passages; "overlap" where it shares passages only.
        similarity: How much of the draft's wording stands in it, in [0, 1].
        passages: How many of the draft's passages stand in it, as they are or nearly so.
    """

    document: Document
    kind: Kind
    similarity: float
    passages: int


def find_alike(draft: Draft, store: Store, index: PassageIndex) -> list[Alike]:
    """The documents that say the same as a draft, wholly or in part.

    Those that were removed are named where they have the same text, source or address: it was
    done on purpose.

    Returns:
        At most `NAMED`, those with the same text first, then older versions, then others; among
        these by similarity.

    Raises:
        StoreError: The database fails.
        EncodingError: The model fails.
    """
    documents = {document.id: document for document in store.documents("live", "hidden", "removed")}
    content_hash = draft.content_hash
    same_text = {
        document.id for document in documents.values() if document.content_hash == content_hash
    }
    places = _places(draft)
    same_place = {
        document.id for document in documents.values() if not places.isdisjoint(_places(document))
    }
    present = {
        document.id: document for document in documents.values() if document.state != "removed"
    }
    titled_alike = {
        document_id
        for _, _, document_id in process.extract(
            draft.title,
            {document_id: document.title for document_id, document in present.items()},
            scorer=fuzz.token_sort_ratio,
            processor=utils.default_process,
            score_cutoff=_TITLES_ALIKE,
            limit=_CANDIDATES,
        )
    }
    hidden = {document.id for document in present.values() if document.state == "hidden"}
    candidates = same_text | same_place | titled_alike | hidden | _nearest(draft, index)
    wanted = _Wording(draft)
    found: list[Alike] = []
    for document_id in candidates & documents.keys():
        if document_id in same_text:
            kind: Kind = "same text"
            similarity, passages = 1.0, len(draft.passages)
        else:
            similarity, of_smaller, passages = wanted.shared_with(store.text(document_id))
            titled = document_id in titled_alike and of_smaller >= _VERSION
            if document_id in same_place or (titled and passages):
                kind = "older version"
            elif passages and of_smaller >= _WORTH_NAMING:
                kind = "overlap"
            else:
                continue
        found.append(Alike(documents[document_id], kind, similarity, passages))
    found.sort(
        key=lambda alike: (
            _KINDS.index(alike.kind),
            alike.document.source != draft.source,
            alike.document.state != "live",
            -alike.similarity,
            alike.document.id,
        )
    )
    return found[:NAMED]


class _Wording:
    """A draft's words, four in a row, as a whole and by passage."""

    def __init__(self, draft: Draft) -> None:
        self._whole = _grams(draft.text)
        self._passages = [
            _grams(draft.text[passage.start : passage.end]) for passage in draft.passages
        ]

    def shared_with(self, text: str) -> tuple[float, float, int]:
        """How much of the draft, and of the shorter one, stands in both; how many passages do."""
        there = _grams(text)
        return (
            _share(self._whole, there),
            max(_share(self._whole, there), _share(there, self._whole)),
            sum(_share(passage, there) >= _SHARED for passage in self._passages),
        )


def _share(grams: Grams, there: Grams) -> float:
    return len(grams & there) / len(grams) if grams else 0.0


def _grams(text: str) -> Grams:
    words = re.findall(r"\w+", text.casefold())
    if len(words) < _GRAM:
        return frozenset({tuple(words)} if words else ())
    return frozenset(zip(*(words[start:] for start in range(_GRAM)), strict=False))


def _nearest(draft: Draft, index: PassageIndex) -> set[str]:
    """The ids of the documents with the passages that are nearest to the draft's."""
    contents = contents_of(draft)
    places = np.linspace(0, len(contents) - 1, min(_SAMPLE, len(contents))).astype(int)
    snapshot = index.snapshot
    embeddings = snapshot.encoder.encode_passages(
        [passage_text(contents[place]) for place in places.tolist()]
    )
    nearness: dict[int, float] = {}
    for embedding in embeddings:
        ids, scores = snapshot.vectors.search(embedding, _NEAREST)
        for passage_id, score in zip(ids.tolist(), scores.tolist(), strict=True):
            nearness[passage_id] = max(score, nearness.get(passage_id, -1.0))
    passages = index.passages.passages(list(nearness))
    by_document: dict[str, float] = {}
    for passage in passages.values():
        document_id = passage.document.id
        by_document[document_id] = max(nearness[passage.id], by_document.get(document_id, -1.0))
    best = sorted(by_document, key=lambda document_id: -by_document[document_id])
    return set(best[:_CANDIDATES])


def _places(found: Draft | Document) -> set[str]:
    """Where something comes from, without what may differ between two addresses of one page."""
    return {_plain(place) for place in (found.source, found.url) if place}


def _plain(place: str) -> str:
    try:
        parts = urlsplit(place)
    except ValueError:
        return place
    if parts.scheme not in {"http", "https"}:
        return place
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"
