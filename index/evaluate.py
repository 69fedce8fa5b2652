"""Asks judged questions and notes what becomes of them."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from corpus.errors import ReadingError
from index.figures import (
    Outcome,
    by_language,
    figures,
    latency_by_stage,
    mean,
)
from index.material import open_xquad
from index.xquad import read_xquad

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from corpus.judged import JudgedQuestion
    from corpus.models import Document
    from index.encoder import Encoder
    from index.figures import Relation
    from index.material import Material
    from index.models import Hit, StageTimes
    from index.search import Searcher

    Advance = Callable[[int, int], None]
    """Called with how much is done, and how much there is."""

    Show = Callable[[str], AbstractContextManager[Advance]]

# How many hits the figures look at.
DEPTH = 10

# XQuAD-R has thousands of questions: as many tell how long one takes.
TIMED_QUESTIONS = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """Questions in one language against the paragraphs of one language.

    Attributes:
        question_language: Of the questions.
        paragraph_language: Of the paragraphs; no other is there.
        questions: How many there are.
        r_at_1: See `Figures`, as for those that follow.
    """

    question_language: str
    paragraph_language: str
    questions: int
    r_at_1: float | None
    r_at_3: float | None
    mrr_at_10: float | None
    sentence_r_at_1: float | None

    @property
    def is_same(self) -> bool:
        """Whether both languages are the same."""
        return self.question_language == self.paragraph_language


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was asked, of what, and what became of it.

    Attributes:
        name: Of the material.
        documents: How many there were.
        threshold: The confidence from which on a question was answered.
        outcomes: Of all questions. XQuAD-R's stand twice: as they are, and once more with the
            whole article that they are about left out.
        times: Of searches as they are in use.
        pairs: By language of question and paragraph; XQuAD-R only.
    """

    name: str
    documents: int
    threshold: float
    outcomes: tuple[Outcome, ...]
    times: tuple[StageTimes, ...]
    pairs: tuple[Pair, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The figures, overall and by languages, as JSON can hold them.

        `same_language` and `cross_language` are those of the answerable questions of that
        relation; with pairs, they are the means over the pairs.
        """
        fields: dict[str, Any] = {
            "material": self.name,
            "documents": self.documents,
            "threshold": self.threshold,
            "overall": asdict(figures(self.outcomes)),
            "by_language": {
                language: asdict(figures(part))
                for language, part in by_language(self.outcomes).items()
            },
        }
        if self.pairs:
            for name, is_same in (("same_language", True), ("cross_language", False)):
                fields[name] = _mean_of([pair for pair in self.pairs if pair.is_same == is_same])
            fields["pairs"] = [asdict(pair) for pair in self.pairs]
        else:
            for relation in ("same", "cross"):
                part = [outcome for outcome in self.outcomes if outcome.relation == relation]
                fields[f"{relation}_language"] = asdict(figures(part))
        fields["latency_ms"] = latency_by_stage(self.times)
        return fields


def evaluate(material: Material, *, k: int = DEPTH, progress: Advance | None = None) -> Evaluation:
    """Ask all questions of a material.

    Args:
        material: Open.
        k: How many hits are asked for.
        progress: Called after each question.
    """
    material.timed.warm_up()
    outcomes: list[Outcome] = []
    for question in material.questions:
        # Encoded anew, so that the times are those of use.
        outcomes.append(judge(material.timed, question, material.documents, k=k))
        if progress is not None:
            progress(len(outcomes), len(material.questions))
    return Evaluation(
        name=material.name,
        documents=len(material.documents),
        threshold=material.timed.threshold,
        outcomes=tuple(outcomes),
        times=tuple(outcome.took_ms for outcome in outcomes if outcome.took_ms is not None),
    )


def joined(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Several materials' questions as one, each against its own corpus.

    Args:
        evaluations: At least one, all by the same searcher's settings.
    """
    return Evaluation(
        name=", ".join(evaluation.name for evaluation in evaluations),
        documents=sum(evaluation.documents for evaluation in evaluations),
        threshold=evaluations[0].threshold,
        outcomes=tuple(outcome for each in evaluations for outcome in each.outcomes),
        times=tuple(time for each in evaluations for time in each.times),
    )


def evaluate_xquad(
    directory: Path,
    languages: Sequence[str],
    encoder: Encoder,
    cache_dir: Path,
    *,
    k: int = DEPTH,
    show: Show | None = None,
    **options: Any,  # noqa: ANN401  # Searcher's
) -> Evaluation:
    """Ask XQuAD-R's questions: of the paragraphs of each language, and of all together.

    Those of all together are asked twice, once with the whole article that they are about left
    out, in all languages: then no paragraph answers them.

    Args:
        directory: See `open_xquad`, as for all that follows but:
        languages: Of questions and paragraphs.
        encoder: Makes the embeddings.
        cache_dir: Where embeddings are remembered.
        k: How many hits are asked for.
        show: Called with what is done, one thing after the other; gives what to call as it
            goes on.
        options: Handed on to `Searcher`.

    Raises:
        ReadingError: See `open_xquad`.
        SearchError: The model, the index or the remembered embeddings fail.
    """
    show = show or _show_nothing
    answers = _answers(directory, languages)

    def ask(searcher: Searcher, question: JudgedQuestion, without: Collection[str] = ()) -> Outcome:
        known = answers[question.id.rsplit("/", 1)[1]]
        outcome = judge(
            searcher,
            question,
            k=k,
            without=without,
            answers={source: known[source] for source in question.docs},
        )
        # Questions' embeddings are remembered: this is not how long a search takes.
        return replace(outcome, took_ms=None)

    with ExitStack() as stack:
        with show("Embedding passages") as advance:
            together = stack.enter_context(
                open_xquad(directory, languages, encoder, cache_dir, progress=advance, **options)
            )
        questions = together.questions
        articles: defaultdict[str, set[str]] = defaultdict(set)
        for document in together.documents:
            articles[_article(document.source)].add(document.id)
        outcomes: list[Outcome] = []
        with show("Asking of all languages") as advance:
            for done, question in enumerate(questions, start=1):
                outcomes.append(ask(together.searcher, question))
                outcomes.append(
                    ask(
                        together.searcher,
                        replace(question, answerable=False),
                        without=articles[_article(question.docs[0])],
                    )
                )
                advance(done, len(questions))
        times = _times(together, k)
    pairs: list[Pair] = []
    for language in languages:
        found: list[Outcome] = []
        with (
            open_xquad(
                directory, [language], encoder, cache_dir, asked_in=languages, **options
            ) as alone,
            show(f"Asking of {language}") as advance,
        ):
            for question in alone.questions:
                found.append(ask(alone.searcher, question))
                advance(len(found), len(alone.questions))
        pairs += [_pair(asked_in, language, part) for asked_in, part in by_language(found).items()]
    return Evaluation(
        name=together.name,
        documents=len(together.documents),
        threshold=together.searcher.threshold,
        outcomes=tuple(outcomes),
        times=tuple(times),
        pairs=tuple(sorted(pairs, key=lambda pair: languages.index(pair.question_language))),
    )


def judge(
    searcher: Searcher,
    question: JudgedQuestion,
    documents: Iterable[Document] = (),
    *,
    k: int = DEPTH,
    without: Collection[str] = (),
    answers: Mapping[str, int] | None = None,
) -> Outcome:
    """Ask one question and compare the answer with what is known.

    Args:
        searcher: Over the question's corpus.
        question: The question.
        documents: The corpus, to tell the languages of those that answer.
        k: How many hits are asked for.
        without: Ids of documents that are left out.
        answers: Where the answer begins in the text of each document that answers, by its
            source, where that is known.
    """
    answer = searcher.search(question.question, k, without=without)
    right = [hit for hit in answer.hits if question.is_right(hit.document.source, hit.text)]
    first = right[0] if right and right[0].rank == 1 else None
    core_right = None
    if answers is not None:
        core_right = first is not None and (
            first.sentence.start <= answers[first.document.source] < first.sentence.end
        )
    return Outcome(
        question=question,
        ranks=tuple(hit.rank for hit in right),
        confidence=answer.confidence,
        answered=answer.answered,
        first=_place(answer.hits[0]) if answer.hits else "",
        relation=_relation(question, right, documents),
        took_ms=answer.took_ms,
        relevant=None if answers is None else len(answers),
        core_right=core_right,
    )


def _times(material: Material, k: int) -> list[StageTimes]:
    """How long some of the questions take when they are encoded anew."""
    material.timed.warm_up()
    every = max(1, len(material.questions) // TIMED_QUESTIONS)
    return [
        material.timed.search(question.question, k).took_ms
        for question in material.questions[::every]
    ]


def _article(source: str) -> str:
    """The article of a paragraph's source, the same in all languages; see `Paragraph`."""
    return source.split("/")[-2]


@contextmanager
def _show_nothing(_: str) -> Iterator[Advance]:
    yield lambda _done, _total: None


def _place(hit: Hit) -> str:
    return " › ".join(part for part in (hit.document.source, hit.heading) if part)


def _relation(
    question: JudgedQuestion, right: Sequence[Hit], documents: Iterable[Document]
) -> Relation | None:
    languages = {
        document.language
        for document in documents
        if question.answerable and question.docs and document.source.endswith(question.docs)
    } or {hit.document.language for hit in right[:1]}
    if not languages:
        return None
    # "be-latn" is Belarusian.
    return "same" if question.lang.split("-")[0] in languages else "cross"


def _answers(directory: Path, languages: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Where each question is answered: by its id, by the paragraph's source, in characters."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for language in languages:
        for paragraph in read_xquad(directory, language):
            for question in paragraph.questions:
                found[question.id][paragraph.source_in(language)] = question.answer
    for question_id, places in found.items():
        if len(places) != len(languages):
            raise ReadingError(
                str(directory), f"the files are not parallel: {question_id} is not in all of them"
            )
    return found


def _pair(question_language: str, paragraph_language: str, outcomes: Sequence[Outcome]) -> Pair:
    found = figures(outcomes)
    return Pair(
        question_language=question_language,
        paragraph_language=paragraph_language,
        questions=found.questions,
        r_at_1=found.r_at_1,
        r_at_3=found.r_at_3,
        mrr_at_10=found.mrr_at_10,
        sentence_r_at_1=found.sentence_r_at_1,
    )


def _mean_of(pairs: Sequence[Pair]) -> dict[str, float | None]:
    return {
        "questions": sum(pair.questions for pair in pairs),
        "r_at_1": mean(pair.r_at_1 for pair in pairs),
        "r_at_3": mean(pair.r_at_3 for pair in pairs),
        "mrr_at_10": mean(pair.mrr_at_10 for pair in pairs),
        "sentence_r_at_1": mean(pair.sentence_r_at_1 for pair in pairs),
    }
