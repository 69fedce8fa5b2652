"""Judged material: questions whose answers are known, and a corpus of their own to search.

The corpus is made in a temporary directory by the same code as the operator's, which is never
touched. Embeddings are remembered from run to run.
"""

from __future__ import annotations

import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.database import Database
from corpus.errors import ReadingError
from corpus.ingest import ingest, ingest_all
from corpus.judged import read_questions
from corpus.passages import PassageStore
from corpus.readers import read_file
from corpus.sample import sample_paths, sample_questions
from corpus.store import Store
from index.embedding_cache import open_caching
from index.search import Searcher
from index.sync import PassageIndex
from index.xquad import judged_questions, make_draft, read_xquad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from corpus.judged import JudgedQuestion
    from corpus.models import Document
    from index.encoder import Encoder
    from index.sync import Progress

    Fill = Callable[[Store], list[str]]
    """Puts the documents into an empty store, and tells what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Material:
    """A corpus that is open for searching, with questions on it.

    Attributes:
        name: What people call it.
        searcher: Over the whole corpus. It remembers the embeddings of questions.
        questions: In the order of their file.
        documents: The corpus, in the order in which it was read.
        timed: Finds the same, but encodes every question anew, as the bot does.
        problems: What is wrong with the material, a line each: documents that cannot be read,
            and questions on documents that are not there.
    """

    name: str
    searcher: Searcher
    questions: tuple[JudgedQuestion, ...]
    documents: tuple[Document, ...]
    timed: Searcher
    problems: tuple[str, ...] = ()


def open_material(
    documents: Path,
    questions: Path,
    encoder: Encoder,
    cache_dir: Path,
    *,
    progress: Progress | None = None,
    **options: Any,  # noqa: ANN401  # Searcher's
) -> AbstractContextManager[Material]:
    """Open a folder of documents and a file of questions on them.

    Args:
        documents: The folder. Documents that cannot be read are named in `problems`.
        questions: The file; see `read_questions`.
        encoder: Makes the embeddings.
        cache_dir: Where embeddings are remembered.
        progress: Called as passages are encoded.
        options: Handed on to `Searcher`.

    Raises:
        ReadingError: The questions cannot be read, there is no document that can, or none of
            those that the questions name is there.
        SearchError: The model, the index or the remembered embeddings fail.
    """
    asked = tuple(read_questions(questions))

    def fill(store: Store) -> list[str]:
        failures = _read_folder(store, documents)
        return failures + _unmatched(store.documents(), asked, documents)

    return _open(
        str(questions),
        asked,
        fill,
        encoder=encoder,
        cache_dir=cache_dir,
        progress=progress,
        options=options,
    )


def open_sample(
    encoder: Encoder,
    cache_dir: Path,
    *,
    progress: Progress | None = None,
    **options: Any,  # noqa: ANN401  # Searcher's
) -> AbstractContextManager[Material]:
    """Open the sample corpus and its questions; see `open_material`."""

    def fill(store: Store) -> list[str]:
        for path in sample_paths():
            ingest(store, read_file(path), source=f"sample/{path.name}", by="evaluation")
        return []

    return _open(
        "sample",
        tuple(sample_questions()),
        fill,
        encoder=encoder,
        cache_dir=cache_dir,
        progress=progress,
        options=options,
    )


def open_xquad(
    directory: Path,
    languages: Sequence[str],
    encoder: Encoder,
    cache_dir: Path,
    *,
    asked_in: Sequence[str] | None = None,
    progress: Progress | None = None,
    **options: Any,  # noqa: ANN401  # Searcher's
) -> AbstractContextManager[Material]:
    """Open XQuAD-R: each of its paragraphs is a document that is one passage.

    Sources are `xquad-r/<language>/<article>/<number>`, ids of questions
    `<language>/<article>/<id>`, so that whole articles can be held out. A question's `docs` are
    its parallel paragraphs in the languages that were opened.

    Args:
        directory: Holds en.json and so on.
        languages: Of the paragraphs.
        encoder: Makes the embeddings.
        cache_dir: Where embeddings are remembered.
        asked_in: Languages of the questions; those of the paragraphs where it is None.
        progress: Called as passages are encoded.
        options: Handed on to `Searcher`.

    Raises:
        ReadingError: A language's file is missing, damaged, or of a language not served.
        SearchError: The model, the index or the remembered embeddings fail.
    """
    paragraphs = [found for name in languages for found in read_xquad(directory, name)]
    asking = languages if asked_in is None else asked_in
    asked = [found for name in asking for found in read_xquad(directory, name)]

    def fill(store: Store) -> list[str]:
        for paragraph in paragraphs:
            store.save(make_draft(paragraph), by="evaluation")
        return []

    return _open(
        f"xquad-r {','.join(languages)}",
        tuple(judged_questions(asked, languages)),
        fill,
        encoder=encoder,
        cache_dir=cache_dir,
        progress=progress,
        options=options,
    )


@contextmanager
def _open(
    name: str,
    questions: tuple[JudgedQuestion, ...],
    fill: Fill,
    *,
    encoder: Encoder,
    cache_dir: Path,
    progress: Progress | None,
    options: Mapping[str, Any],
) -> Iterator[Material]:
    with tempfile.TemporaryDirectory(prefix="daviedka-") as temporary:
        directory = Path(temporary)
        database = Database.open(directory / "corpus.db")
        try:
            store = Store(database)
            problems = fill(store)
            passages = PassageStore(database)
            with (
                open_caching(encoder, cache_dir) as caching,
                closing(PassageIndex(passages, caching, directory / "index")) as passage_index,
            ):
                passage_index.sync(progress)
                passage_index.wait()
                # The same files, as both encoders have the same name.
                anew = PassageIndex(passages, encoder, directory / "index", writable=False)
                with closing(anew):
                    yield Material(
                        name=name,
                        searcher=Searcher(store, passage_index, **options),
                        questions=questions,
                        documents=tuple(store.documents()),
                        timed=Searcher(store, anew, **options),
                        problems=tuple(problems),
                    )
        finally:
            database.close()


def _read_folder(store: Store, folder: Path) -> list[str]:
    """Add all documents of a folder; a line for each that cannot be read."""
    if not folder.is_dir():
        raise ReadingError(str(folder), "is no folder: give the folder with the documents")
    results = list(ingest_all(store, [str(folder)], by="evaluation"))
    if not results:
        raise ReadingError(
            str(folder), "holds no Markdown, plain text, HTML, PDF or DOCX: give another folder"
        )
    failed = [result for result in results if result.error]
    if len(failed) == len(results):
        first = failed[0]
        raise ReadingError(first.source, f"{first.error}; and nothing else there can be read")
    return [f"{result.source}: {result.error}" for result in failed]


def _unmatched(
    documents: Sequence[Document], questions: Sequence[JudgedQuestion], folder: Path
) -> list[str]:
    """A line for each question whose documents are not there."""
    naming = [question for question in questions if question.docs]
    unmatched = [
        question
        for question in naming
        if not any(document.source.endswith(question.docs) for document in documents)
    ]
    if naming and len(unmatched) == len(naming):
        raise ReadingError(
            str(folder),
            f"holds none of the documents that the questions name, such as {naming[0].docs[0]}: "
            "give the folder that they are in",
        )
    return [
        f"question {question.id}: there is no document {' or '.join(question.docs)}; it counts "
        "as not found"
        for question in unmatched
    ]
