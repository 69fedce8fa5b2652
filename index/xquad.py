"""XQuAD-R: parallel paragraphs in several languages, with sentence breaks and questions.

Source: Roy et al., "LAReQA: Language-agnostic answer retrieval from a multilingual pool", 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, ValidationError

from corpus.errors import ReadingError
from corpus.judged import JudgedQuestion
from corpus.models import LANGUAGES, Passage, Sentence
from corpus.store import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from corpus.models import Language

CYRILLIC = ("be", "ru", "uk")

# Some paragraphs begin with a byte order mark, and some end in white space.
_EDGES = "\ufeff \n"


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a paragraph.

    Attributes:
        id: The same in all languages.
        text: As it is asked.
        answer: Where the answer begins in the paragraph's text, in characters.
    """

    id: str
    text: str
    answer: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in one language.

    Attributes:
        language: Its language.
        article: The article that it is of; the same in all languages.
        number: Its place in the article, from 0.
        text: Without white space around it.
        sentences: In order; together they hold every character but white space.
        questions: Those that it answers.
    """

    language: Language
    article: str
    number: int
    text: str
    sentences: tuple[Sentence, ...]
    questions: tuple[Question, ...]

    def source_in(self, language: str) -> str:
        """The source of the document that is this paragraph, or a parallel one."""
        return f"xquad-r/{language}/{self.article}/{self.number}"


class _Answer(BaseModel):
    answer_start: int


class _Question(BaseModel):
    id: str
    question: str
    answers: Annotated[list[_Answer], Field(min_length=1)]


class _Paragraph(BaseModel):
    context: str
    qas: list[_Question]
    sentence_breaks: Annotated[list[tuple[int, int]], Field(min_length=1)]


class _Article(BaseModel):
    title: str
    paragraphs: list[_Paragraph]


class _File(BaseModel):
    data: list[_Article]


def read_xquad(directory: Path, language: str) -> list[Paragraph]:
    """Read the paragraphs of one language, in the file's order.

    Raises:
        ReadingError: The language is not served, or its file is missing or damaged.
    """
    path = directory / f"{language}.json"
    served = next((name for name in LANGUAGES if name == language), None)
    if served is None:
        raise ReadingError(str(path), f"the languages served are {', '.join(LANGUAGES)}")
    try:
        file = _File.model_validate_json(path.read_bytes())
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise ReadingError(str(path), f"{reason}: give the folder with XQuAD-R's files") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        reason = f"{where}: {first['msg']}" if where else first["msg"]
        raise ReadingError(str(path), f"is no file of XQuAD-R ({reason})") from error
    return [
        _paragraph(served, article.title, number, paragraph)
        for article in file.data
        for number, paragraph in enumerate(article.paragraphs)
    ]


def make_draft(paragraph: Paragraph) -> Draft:
    """The paragraph as a document that is one passage."""
    text = paragraph.text
    return Draft(
        source=paragraph.source_in(paragraph.language),
        # Without information: the article's title would be English in all languages.
        title=str(paragraph.number),
        text=text,
        language=paragraph.language,
        script="Cyrl" if paragraph.language in CYRILLIC else "Latn",
        published=None,
        url=None,
        passages=(Passage("", 0, len(text), paragraph.sentences),),
    )


def judged_questions(
    paragraphs: Iterable[Paragraph], languages: Sequence[str]
) -> Iterator[JudgedQuestion]:
    """The paragraphs' questions, as judged questions.

    Args:
        paragraphs: In the languages that are asked in.
        languages: Those of the paragraphs that are to be found.
    """
    for paragraph in paragraphs:
        for question in paragraph.questions:
            yield JudgedQuestion(
                id=question_id(paragraph, question),
                lang=paragraph.language,
                question=question.text,
                answerable=True,
                docs=tuple(paragraph.source_in(language) for language in languages),
            )


def question_id(paragraph: Paragraph, question: Question) -> str:
    """Unique over all languages; holds the article, so that articles can be held out."""
    return f"{paragraph.language}/{paragraph.article}/{question.id}"


def _paragraph(language: Language, article: str, number: int, read: _Paragraph) -> Paragraph:
    text = read.context.strip(_EDGES)
    shift = len(read.context) - len(read.context.lstrip(_EDGES))
    # Each sentence goes as far as the next one: a few breaks leave characters out.
    starts = [0, *(start - shift for start, _ in read.sentence_breaks[1:]), len(text)]
    spans = [(start, start + len(text[start:end].rstrip())) for start, end in pairwise(starts)]
    return Paragraph(
        language=language,
        article=article,
        number=number,
        text=text,
        sentences=tuple(Sentence(start, end) for start, end in spans if start < end),
        questions=tuple(
            Question(question.id, question.question, question.answers[0].answer_start - shift)
            for question in read.qas
        ),
    )
