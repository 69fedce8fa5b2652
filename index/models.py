"""What the index layer gives to those who ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.models import DetectedLanguage, Document, Sentence


@dataclass(frozen=True, slots=True)
class Signals:
    """What the ranking knows of one candidate.

    Attributes:
        passage: Cosine of the query's and the passage's embeddings, in [-1, 1].
        sentence: The highest cosine of the query with one of its sentences, in [-1, 1].
        lexical: BM25 over folded 4-grams, divided by the query's number of grams; ≥ 0.
        same_language: True where the document is in the query's language.
        shared_words: The lexical score where the languages are the same, else 0: across languages
            a passage that answers may share no word with the question.
        reranker: The score of the reranker, in [0, 1]; 0 where none is used, or where the
            passage came too late in the list to be read.
        tokens: How near the query's tokens are to the passage's, in [-1, 1]; see
            `index/tokens.py`. 0 where the model gives none.
        tokens_mean: How near they are to all of the passage's in the mean, in [-1, 1]; likewise.
    """

    passage: float
    sentence: float
    lexical: float
    same_language: bool
    shared_words: float = 0.0
    reranker: float = 0.0
    tokens: float = 0.0
    tokens_mean: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage that may answer.

    Attributes:
        rank: From 1.
        score: Higher is better; comparable within one answer only.
        confidence: The probability, in [0, 1], that the query is answered where this is the
            first hit: by it or by one of the next two. See `index/fitting.py`.
        passage_id: Identifies the passage for as long as its document is not changed.
        document: The document that it stands in.
        heading: The path of headings above it, without the title; "" without any.
        text: Equal to the document's text between start and end.
        start: Where the passage begins in the document's text, in characters.
        end: Where it ends, exclusive.
        sentences: The passage's sentences, as spans of the document's text.
        best: The position in `sentences` of the one nearest to the query.
        signals: What the score was made of.
    """

    rank: int
    score: float
    confidence: float
    passage_id: int
    document: Document
    heading: str
    text: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]
    best: int
    signals: Signals

    @property
    def sentence(self) -> Sentence:
        """The sentence nearest to the query."""
        return self.sentences[self.best]

    def quote(self, span: Sentence) -> str:
        """The text of one of the passage's sentences, to the letter."""
        return self.text[span.start - self.start : span.end - self.start]


@dataclass(frozen=True, slots=True)
class StageTimes:
    """How long each stage of one search took, in milliseconds."""

    encode: float = 0.0
    dense: float = 0.0
    lexical: float = 0.0
    rank: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found.

    Attributes:
        query: What was asked, without white space around it.
        language: The query's language.
        answered: True where the first hit's confidence reaches the threshold.
        confidence: The first hit's confidence; 0 without hits.
        hits: Best first, given even where `answered` is false.
        took_ms: How long each stage took.
    """

    query: str
    language: DetectedLanguage
    answered: bool
    confidence: float
    hits: tuple[Hit, ...]
    took_ms: StageTimes
