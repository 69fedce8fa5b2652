"""Judged questions: what people ask, and which passage answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, TypeAdapter, ValidationError

from corpus.errors import ReadingError

if TYPE_CHECKING:
    from pathlib import Path

Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question with the means to tell whether a passage answers it.

    Attributes:
        id: Unique within its file.
        lang: The language it is asked in; "be-latn" is Belarusian in Latin script.
        question: As a person typed it.
        answerable: False where no document holds the answer.
        docs: Ends of the sources of the documents that answer; empty means any document.
        must_contain: Groups of alternatives. The passage that answers holds at least one
            alternative of every group.
    """

    id: Text
    lang: Text
    question: Text
    answerable: bool
    docs: tuple[Text, ...] = ()
    must_contain: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()

    def __post_init__(self) -> None:
        # Without either of them every passage would be right.
        if self.answerable and not (self.docs or self.must_contain):
            raise ValueError("an answerable question needs docs or must_contain")

    def is_right(self, source: str, text: str) -> bool:
        """Whether a passage answers the question.

        Args:
            source: The source of the passage's document.
            text: The passage's text. Case is ignored.

        Returns:
            Always false where the question is not answerable.
        """
        folded = text.casefold()
        return (
            self.answerable
            and (not self.docs or source.endswith(self.docs))
            and all(
                any(alternative.casefold() in folded for alternative in group)
                for group in self.must_contain
            )
        )


@dataclass(frozen=True, slots=True)
class JudgedFollowUp:
    """A question that goes on with the one before it.

    Attributes:
        judged: The question as it was typed, and what answers it in its place.
        after: The question before it.
        after_docs: Ends of the sources of the documents that answer that one.
        quote: What of its answer is quoted; "" where nothing is.
    """

    judged: JudgedQuestion
    after: Text
    after_docs: tuple[Text, ...]
    quote: str = ""


@dataclass(frozen=True, slots=True)
class _Before:
    after: Text
    after_docs: tuple[Text, ...]
    quote: str = ""


_question = TypeAdapter(JudgedQuestion)
_before = TypeAdapter(_Before)


def read_questions(path: Path) -> list[JudgedQuestion]:
    """Read judged questions from JSON Lines, in the file's order.

    Blank lines and unknown keys are passed over.

    Raises:
        ReadingError: The file cannot be read, holds no question, or has a line that is no
            judged question or repeats an id; the reason begins with the line's number.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise ReadingError(str(path), f"{reason}: give a file of judged questions") from error
    except UnicodeDecodeError as error:
        raise ReadingError(str(path), "is not UTF-8: save it as UTF-8") from error
    questions: dict[str, JudgedQuestion] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question.validate_json(line, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            what = f"{where}: {first['msg']}" if where else first["msg"]
            raise ReadingError(str(path), f"line {number}: {what}") from error
        if question.id in questions:
            raise ReadingError(str(path), f"line {number}: id {question.id} is there already")
        questions[question.id] = question
    if not questions:
        raise ReadingError(str(path), "holds no question: write one JSON object a line")
    return list(questions.values())


def read_follow_ups(path: Path) -> list[JudgedFollowUp]:
    """Read judged follow-ups: a questions file that has "after" and "after_docs", too.

    Raises:
        ReadingError: As for `read_questions`.
    """
    questions = iter(read_questions(path))
    found: list[JudgedFollowUp] = []
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            before = _before.validate_json(line)
        except ValidationError as error:
            raise ReadingError(
                str(path), f'line {number}: a follow-up needs "after" and "after_docs"'
            ) from error
        found.append(JudgedFollowUp(next(questions), before.after, before.after_docs, before.quote))
    return found
