"""Guides and news written for the training, with questions that each passage answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from corpus.language import detect_language
from corpus.passages import PassageContent
from corpus.splitting import split
from corpus.transliteration import belarusian_query_to_cyrillic
from index.embedding import passage_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DIRECTORY = Path(__file__).with_name("questions")
LANGUAGES = ("be", "ru", "uk", "pl", "lt", "de", "en")
HELD_OUT = 12  # percent of the documents


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was typed, and its language; "be" in either script."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class AuthoredPassage:
    """A passage and what is asked about it.

    Attributes:
        heading: Of the section, or "".
        text: One paragraph.
        sentences: Of the text, at least one.
        questions: Answered here, and in no other passage of the document.
        near: On the same subject, and answered nowhere in the document.
    """

    heading: str
    text: str
    sentences: tuple[str, ...]
    questions: tuple[Question, ...]
    near: tuple[Question, ...]

    def under(self, title: str, heading: str) -> str:
        """The passage as the searcher encodes it, below a title and a heading."""
        content = PassageContent(
            id=0, embedding_key="", title=title, heading=heading, text=self.text, sentences=()
        )
        return passage_text(content)

    def joined_with(self, other: AuthoredPassage) -> AuthoredPassage:
        """This passage and the one after it as one, under this one's heading."""
        return AuthoredPassage(
            heading=self.heading,
            text=f"{self.text}\n\n{other.text}",
            sentences=self.sentences + other.sentences,
            questions=self.questions + other.questions,
            near=self.near + other.near,
        )


@dataclass(frozen=True, slots=True)
class AuthoredDocument:
    """A document whose passages are about one subject, so that only reading tells them apart."""

    title: str
    language: str
    passages: tuple[AuthoredPassage, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether it is never trained on; the same whatever else there is."""
        return crc32(self.title.encode()) % 100 < HELD_OUT


def read_authored(directory: Path = DIRECTORY) -> list[AuthoredDocument]:
    """Read all documents, in the order of the files' names.

    Args:
        directory: Of JSON Lines; see `training/questions/README.md`.

    Raises:
        ValueError: A line is not as it should be; the message names it.
    """
    return [document for path in sorted(directory.glob("*.jsonl")) for document in _read_file(path)]


def as_searched(question: str) -> str:
    """A question as the searcher gives it to the model; see `index.search`."""
    detected = detect_language(question)
    if (detected.language, detected.script) == ("be", "Latn"):
        return belarusian_query_to_cyrillic(question)
    return question


def _read_file(path: Path) -> Iterator[AuthoredDocument]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield _document(json.loads(line))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path.name}, line {number}: {error!r}") from error


def _document(record: dict[str, Any]) -> AuthoredDocument:
    passages = tuple(_passage(passage) for passage in record["passages"])
    if len(passages) < 2 or not record["title"].strip():
        raise ValueError("a document has a title and two passages or more")
    return AuthoredDocument(record["title"], _language(record), passages)


def _passage(record: dict[str, Any]) -> AuthoredPassage:
    text = record["text"].strip()
    questions, near = (_questions(record[name]) for name in ("questions", "near"))
    if not text or not questions or not near:
        raise ValueError("a passage has a text, questions and near questions")
    return AuthoredPassage(
        heading=record["heading"].strip(),
        text=text,
        sentences=tuple(
            text[span.start : span.end] for passage in split(text) for span in passage.sentences
        ),
        questions=questions,
        near=near,
    )


def _questions(records: Sequence[dict[str, str]]) -> tuple[Question, ...]:
    questions = tuple(Question(record["q"].strip(), _language(record)) for record in records)
    if not all(question.text for question in questions):
        raise ValueError("a question is empty")
    return questions


def _language(record: dict[str, Any]) -> str:
    language: str = record["lang"]
    if language not in LANGUAGES:
        raise ValueError(f"{language} is none of {', '.join(LANGUAGES)}")
    return language
