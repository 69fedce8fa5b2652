"""Read, clean, detect, split, compare with what is there, store."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from corpus.cleaning import clean, find_title
from corpus.dates import find_published
from corpus.errors import CorpusError, ReadingError
from corpus.fetching import fetch
from corpus.language import detect_language
from corpus.readers import SUFFIXES, load, read_file
from corpus.readers.archive import read_archive
from corpus.splitting import split
from corpus.store import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from corpus.models import Document, RawDocument
    from corpus.store import Store

Outcome = Literal["added", "replaced", "restored", "unchanged"]

# Declared by the document's own author, so worth more than a guess, unless the guess is sure
# of something else: templates declare `lang="en"` over any text.
SURE = 0.9

# How many files and pages are read before their turn.
READ_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one file or page.

    Attributes:
        source: Where it was read from.
        outcome: What was done; None where it failed.
        document: The document as it is now; None where it failed. Of an unchanged one, that
            which already holds the same content, perhaps from another source.
        passages: How many passages were stored; 0 where nothing was.
        error: What is wrong and what to do, in one line; "" where nothing is.
        notes: What the one who adds it should know.
    """

    source: str
    outcome: Outcome | None
    document: Document | None
    passages: int = 0
    error: str = ""
    notes: tuple[str, ...] = ()


class _Reading(NamedTuple):
    """One document that was read, or why it was not."""

    name: str
    source: str
    result: RawDocument | ReadingError


def is_url(target: str) -> bool:
    """Whether the words name a web address and not a path."""
    return target.startswith(("http://", "https://"))


def make_draft(raw: RawDocument, source: str) -> Draft:
    """Clean, detect and split.

    Args:
        raw: What a reader gave.
        source: Where it came from; the document's own word on that comes first.

    Raises:
        ReadingError: Nothing is left that could be quoted.
    """
    title = find_title(raw)
    text = clean(raw.text, title=title)
    passages = split(text)
    if not title or not passages:
        raise ReadingError(source, "has no text that could be quoted; look at what is in it")
    detected = detect_language(text)
    language = raw.language or detected.language
    if detected.confidence >= SURE:
        language = detected.language
    return Draft(
        source=raw.source or source,
        title=title,
        text=text,
        language=language,
        script=detected.script,
        published=raw.published or find_published(raw.text),
        url=raw.url,
        passages=passages,
    )


def ingest(store: Store, raw: RawDocument, source: str, by: str) -> Ingested:
    """Bring one document into the store, if it is not there yet.

    The same content from the same source changes nothing, nor does the same text from
    another source. Another content from the same source replaces what was there. Content
    that was removed comes back.

    Raises:
        ReadingError: Nothing is left that could be quoted.
        StoreError: It cannot be stored.
    """
    draft = make_draft(raw, source)
    same_source = store.find(draft.source)
    known = same_source or store.find_content(draft.content_hash)
    if known is not None and _is_same(known, draft, same_source=same_source is not None):
        if not known.removed:
            return Ingested(source, "unchanged", known, notes=raw.notes)
        return Ingested(source, "restored", store.restore(known.id, by), notes=raw.notes)
    document = store.save(draft, by)
    return Ingested(
        source,
        "added" if same_source is None else "replaced",
        document,
        passages=len(draft.passages),
        notes=raw.notes,
    )


def ingest_all(store: Store, targets: Iterable[str], by: str) -> Iterator[Ingested]:
    """Bring files, folders and web pages in, in their order.

    The next ones are read while one is stored. What fails is reported with its reason, and
    the others go in.

    Args:
        store: Where they go.
        targets: Paths and http(s) addresses. Folders are walked, in the order of names; the
            files of a ZIP archive have `<its path>/<their path inside>` as their source.
        by: Who adds them.

    Raises:
        StoreError: The database fails; what was reported before is stored.
    """
    # One thread: PDFium, which reads PDF, bears no second one.
    reader = ThreadPoolExecutor(1, thread_name_prefix="read")
    ahead: deque[tuple[str | Path, Future[list[_Reading]]]] = deque()
    try:
        for target in _single(targets):
            ahead.append((target, reader.submit(_read, target)))
            if len(ahead) > READ_AHEAD:
                yield from _ingest_read(store, *ahead.popleft(), by)
        while ahead:
            yield from _ingest_read(store, *ahead.popleft(), by)
    finally:
        reader.shutdown(cancel_futures=True)


def _single(targets: Iterable[str]) -> Iterator[str | Path]:
    """Addresses, and single files instead of folders."""
    for target in targets:
        if is_url(target):
            yield target
        else:
            yield from _files(Path(target))


def _read(target: str | Path) -> list[_Reading]:
    if isinstance(target, str):
        return [_Reading(target, target, fetch(target))]
    source = target.resolve().as_posix()
    if target.suffix.lower() != ".zip":
        return [_Reading(str(target), source, read_file(target))]
    return [
        _Reading(f"{target}/{path}", f"{source}/{path}", result)
        for path, result in read_archive(load(target, {".zip"}), str(target))
    ]


def _ingest_read(
    store: Store, target: str | Path, reading: Future[list[_Reading]], by: str
) -> Iterator[Ingested]:
    try:
        readings = reading.result()
    except CorpusError as error:
        yield _failure(str(target), error)
        return
    for read in readings:
        yield _ingest_one(store, read, by)


def _ingest_one(store: Store, read: _Reading, by: str) -> Ingested:
    if isinstance(read.result, ReadingError):
        return _failure(read.name, read.result)
    try:
        return ingest(store, read.result, read.source, by)
    except CorpusError as error:
        return _failure(read.name, error)


def _failure(name: str, error: CorpusError) -> Ingested:
    reason = getattr(error, "reason", None)
    if reason is None:  # the store's own trouble is not this file's
        raise error
    return Ingested(name, None, None, error=str(reason))


def _files(path: Path) -> Iterator[Path]:
    """The files to read: the path itself, or those below it of kinds that can be read."""
    if not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(folder) / name


def _is_same(document: Document, draft: Draft, *, same_source: bool) -> bool:
    if document.content_hash != draft.content_hash:
        return False
    if not same_source:
        return True
    return (document.title, document.language, document.published, document.url) == (
        draft.title,
        draft.language,
        draft.published,
        draft.url,
    )
