"""Files and folders into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from corpus.errors import ReadingError, StoreError
from corpus.ingest import Ingested, ingest, ingest_all, make_draft
from corpus.models import RawDocument
from tests.support.documents import make_zip

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.database import Database
    from corpus.passages import PassageStore
    from corpus.store import Store

ARTICLE = """---
title: Як запісацца ў бібліятэку
date: 2025-03-14
url: https://example.org/library
language: be
---

Бібліятэка на Ліпавай вуліцы адчынена па аўторках і чацвяргах. Каб запісацца, дастаткова
назваць імя і пакінуць адрас пошты. Дакументы паказваць не трэба.

## Колькі кніг

Дадому можна ўзяць пяць кніг на чатыры тыдні. Падоўжыць тэрмін можна лістом або па тэлефоне,
калі кнігу не чакае нехта іншы.
"""


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "library.md"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def add(store: Store, *paths: Path) -> list[Ingested]:
    return list(ingest_all(store, [str(path) for path in paths], by="me"))


def outcomes(results: list[Ingested]) -> list[str | None]:
    return [result.outcome for result in results]


def test_file_is_read_cleaned_and_stored(
    store: Store, passages: PassageStore, article: Path
) -> None:
    (result,) = add(store, article)

    document = result.document
    assert document is not None
    assert (result.outcome, result.passages) == ("added", len(passages.passage_ids()[1]))
    assert document.source == article.resolve().as_posix()
    assert (document.title, document.language, document.script) == (
        "Як запісацца ў бібліятэку",
        "be",
        "Cyrl",
    )
    assert document.url == "https://example.org/library"
    assert str(document.published) == "2025-03-14"
    assert "Дакументы паказваць не трэба." in store.text(document.id)


def test_same_content_twice_adds_nothing_and_says_so(
    store: Store, article: Path, tmp_path: Path
) -> None:
    (first,) = add(store, article)
    copy = tmp_path / "copy.md"
    copy.write_text(ARTICLE, encoding="utf-8")

    again = add(store, article, copy)

    assert outcomes(again) == ["unchanged", "unchanged"]
    assert [result.document for result in again] == [first.document, first.document]
    assert store.revision() == 1


def test_changed_file_replaces_what_was_read_from_it(store: Store, article: Path) -> None:
    (first,) = add(store, article)
    article.write_text(ARTICLE.replace("пяць кніг", "шэсць кніг"), encoding="utf-8")

    (second,) = add(store, article)

    assert first.document is not None
    assert second.document is not None
    assert second.outcome == "replaced"
    assert second.document.id == first.document.id
    assert "шэсць кніг" in store.text(second.document.id)


def test_changed_title_alone_is_a_change(store: Store, article: Path) -> None:
    add(store, article)
    article.write_text(ARTICLE.replace("Як запісацца ў", "Запіс у"), encoding="utf-8")

    assert outcomes(add(store, article)) == ["replaced"]
    assert [document.title for document in store.documents()] == ["Запіс у бібліятэку"]


def test_removed_content_comes_back_when_it_is_added_again(store: Store, article: Path) -> None:
    (first,) = add(store, article)
    assert first.document is not None
    store.remove(first.document.id, by="me")

    (again,) = add(store, article)

    assert again.outcome == "restored"
    assert [document.id for document in store.documents()] == [first.document.id]


def test_folder_is_walked_and_failures_do_not_stop_it(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "guides"
    (folder / "deeper").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "a.md").write_text(ARTICLE, encoding="utf-8")
    (folder / "b.txt").write_bytes(b"")
    (folder / "deeper" / "c.txt").write_text(
        "The library lends five books for four weeks, and asks for no papers at all.",
        encoding="utf-8",
    )
    (folder / "d.png").write_bytes(b"\x89PNG")
    (folder / ".hidden" / "e.md").write_text(ARTICLE, encoding="utf-8")

    results = add(store, folder)

    assert outcomes(results) == ["added", None, "added"]
    assert "empty" in results[1].error
    assert results[1].source.endswith("b.txt")
    assert len(store.documents()) == 2


def test_files_of_an_archive_go_in_under_its_path(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "guides.zip"
    path.write_bytes(make_zip({"be/library.md": ARTICLE.encode(), "empty.txt": b""}))

    results = add(store, path)

    assert outcomes(results) == ["added", None]
    assert [document.source for document in store.documents()] == [
        f"{path.resolve().as_posix()}/be/library.md"
    ]
    assert results[1].source == f"{path}/empty.txt"
    assert results[1].error == "is empty: there is nothing to add"
    assert outcomes(add(store, path)) == ["unchanged", None]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"words", "is not a readable ZIP archive; pack it again"),
        (b"", "is empty: there is nothing to add"),
        (None, "is not there: check the path"),
    ],
)
def test_archive_that_cannot_be_read_fails_with_its_reason(
    store: Store, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "guides.zip"
    if content is not None:
        path.write_bytes(content)

    (result,) = add(store, path)

    assert (result.source, result.error) == (str(path), reason)
    assert store.revision() == 0


def test_path_that_is_not_there_fails_with_its_reason(store: Store, tmp_path: Path) -> None:
    (result,) = add(store, tmp_path / "nothing.md")

    assert result.document is None
    assert result.error
    assert "\n" not in result.error
    assert store.revision() == 0


def test_nothing_is_stored_of_a_file_without_words(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "headings.md"
    path.write_text("# Only\n\n## Headings\n", encoding="utf-8")

    (result,) = add(store, path)

    assert "no text that could be quoted" in result.error
    assert store.documents() == []


def test_draft_without_passages_is_refused() -> None:
    with pytest.raises(ReadingError, match="no text that could be quoted"):
        make_draft(RawDocument(text="# Heading", title="Title"), "somewhere")


def test_declared_source_takes_the_place_of_the_path(store: Store) -> None:
    raw = RawDocument(
        text="Five books may be taken home for four weeks.", title="Library", source="t.me/lib/1"
    )

    result = ingest(store, raw, source="/tmp/x.md", by="me")  # noqa: S108  # only a name

    assert result.document is not None
    assert result.document.source == "t.me/lib/1"


def test_sure_detection_outweighs_a_declared_language(store: Store) -> None:
    raw = RawDocument(
        text="Бібліятэка на Ліпавай вуліцы адчынена па аўторках і чацвяргах увесь дзень.",
        title="Бібліятэка",
        language="en",
    )

    result = ingest(store, raw, source="a", by="me")

    assert result.document is not None
    assert result.document.language == "be"


def test_trouble_of_the_store_is_not_a_trouble_of_the_file(
    store: Store, database: Database, article: Path
) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE sentences")

    with pytest.raises(StoreError, match="nothing was changed"):
        add(store, article)
