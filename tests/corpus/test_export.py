"""Export and import are each other's inverse."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.database import Database
from corpus.errors import ConflictError, ExchangeError
from corpus.export import export_files, import_files, write_directory, write_zip
from corpus.passages import PassageStore
from corpus.splitting import split
from corpus.store import Draft, Store
from tests.support.drafts import make_draft

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Пашпарт мяняюць у Вільні. Гэта бясплатна.\n\n## Калі\n\nУ верасні 2025 года, па серадах."


@pytest.fixture
def full(store: Store) -> Store:
    """A corpus in which everything has happened once."""
    kept = store.save(make_draft(TEXT, title="Пашпарт: новы --- стары", language="be"), "ann")
    store.save(make_draft(TEXT + "!", title="Пашпарт: новы --- стары", language="be"), "ben")
    store.edit(kept.id, "telegram:5", published=date(2025, 9, 11), check_by=date(2027, 1, 1))
    hidden = store.save(make_draft("😀 עברית.\nSecond line", title="👩‍👩‍👧 \"quoted\" 'so'"), "ann")
    store.hide(hidden.id, "ann")
    removed = store.save(make_draft("Removed.", title="null"), "ann")
    store.undo(removed.revision, "ben")
    moved = store.save(make_draft("Moved.", title="Moved"), "ann")
    store.save(make_draft("Moved on.", source="https://new.org/"), "ann", replaces=moved.id)
    newcomer = store.save(make_draft("Newcomer.", title="Moved"), "ben")
    store.undo(newcomer.revision, "ben")
    store.undo(store.document(moved.id).revision, "ann")
    purged = store.save(make_draft("Secret.", title="Secret"), "ann")
    store.remove(purged.id, "ann")
    store.purge(purged.id, "ann")
    return store


def exported(database: Database) -> dict[str, bytes]:
    return dict(export_files(database))


def test_export_import_export_is_equal_to_the_byte(
    full: Store, database: Database, tmp_path: Path
) -> None:
    before = exported(database)
    write_directory(before.items(), tmp_path / "export")
    copy = Database.open(tmp_path / "copy.db")

    assert import_files(copy, tmp_path / "export") == 5

    assert exported(copy) == before
    again = Store(copy)
    assert again.history() == full.history()
    for state in ("live", "hidden", "removed"):
        assert again.documents(state) == full.documents(state)
    assert PassageStore(copy).problems() == []
    copy.close()


def test_zip_is_the_same_for_the_same_corpus_and_is_imported_too(
    full: Store, database: Database, tmp_path: Path
) -> None:
    first, second = io.BytesIO(), io.BytesIO()
    write_zip(export_files(database), first)
    write_zip(export_files(database), second)
    assert first.getvalue() == second.getvalue()
    path = tmp_path / "export.zip"
    path.write_bytes(first.getvalue())
    copy = Database.open(tmp_path / "copy.db")

    import_files(copy, path)

    assert exported(copy) == exported(database)
    copy.close()


def test_a_document_is_markdown_with_front_matter(full: Store, database: Database) -> None:
    document = full.documents()[0]
    content = exported(database)[f"documents/{document.id}.md"].decode()
    assert content.startswith(f"---\nid: {document.id}\ntitle: 'Пашпарт: новы --- стары'\n")
    assert content.endswith(f"---\n{TEXT}!\n")


def test_what_was_purged_is_not_exported(full: Store, database: Database) -> None:
    assert all(b"Secret" not in content for content in exported(database).values())


def test_changes_go_on_after_an_import(full: Store, database: Database, tmp_path: Path) -> None:
    write_directory(export_files(database), tmp_path / "export")
    copy = Database.open(tmp_path / "copy.db")
    import_files(copy, tmp_path / "export")
    store = Store(copy)
    document = store.documents()[0]

    store.undo(store.history(document.id)[0].revision, "ann")

    assert store.document(document.id).check_by is None
    assert store.revision() == full.revision() + 1
    copy.close()


def test_import_into_a_corpus_that_is_not_empty_is_refused(
    full: Store, database: Database, tmp_path: Path
) -> None:
    write_directory(export_files(database), tmp_path / "export")
    with pytest.raises(ExchangeError, match="not empty"):
        import_files(database, tmp_path / "export")


def test_export_into_a_directory_that_is_not_empty_is_refused(
    full: Store, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(ExchangeError, match="not empty"):
        write_directory(export_files(database), tmp_path / "there")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["file"]


@pytest.mark.parametrize("kind", ["document", "text", "history", "form", "front matter", "gone"])
def test_export_that_was_changed_by_hand_is_refused_whole(
    full: Store, database: Database, tmp_path: Path, kind: str
) -> None:
    root = tmp_path / "export"
    write_directory(export_files(database), root)
    document = next(iter((root / "documents").iterdir()))
    if kind == "document":
        document.write_bytes(document.read_bytes() + b"more\n")
    elif kind == "text":
        next(iter((root / "texts").iterdir())).unlink()
    elif kind == "history":
        (root / "history.jsonl").write_bytes(b"{}\n")
    elif kind == "form":
        (root / "daviedka.json").write_bytes(b'{"form": "daviedka corpus", "version": 9}\n')
    elif kind == "front matter":
        document.write_bytes(b"---\n]\n---\ntext\n")
    else:
        (root / "daviedka.json").unlink()
    copy = Database.open(tmp_path / "copy.db")
    with pytest.raises(ExchangeError):
        import_files(copy, root)
    assert Store(copy).revision() == 0
    copy.close()


def test_what_is_no_zip_is_refused(database: Database, tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(b"PK no")
    with pytest.raises(ExchangeError, match="no zip file"):
        import_files(database, tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ExchangeError, match="no export"):
        import_files(database, tmp_path / "other.zip")


_words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60
)
_step = st.tuples(
    st.sampled_from(["save", "edit", "hide", "show", "remove", "restore", "undo", "purge"]),
    st.integers(0, 3),
    _words,
)


@given(steps=st.lists(_step, max_size=25))
@settings(max_examples=25, deadline=None)
def test_whatever_happened_export_and_import_keep_it(
    steps: list[tuple[str, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("exchange")
    database = Database.open(directory / "corpus.db")
    store = Store(database)
    for action, number, words in steps:
        _do(store, action, number, words)
    before = exported(database)
    write_directory(before.items(), directory / "export")
    copy = Database.open(directory / "copy.db")

    import_files(copy, directory / "export")

    assert exported(copy) == before
    assert Store(copy).history() == store.history()
    database.close()
    copy.close()


def _do(store: Store, action: str, number: int, words: str) -> None:
    passages = split(words)
    if action == "save":
        if words.strip() and passages:
            store.save(
                Draft(f"/{number}.md", words, words, "be", "Cyrl", None, None, passages), "ann"
            )
        return
    document = store.find(f"/{number}.md")
    if document is None:
        return
    if action == "edit":
        if words.strip():
            store.edit(document.id, "ann", title=words, url=words)
    elif action == "undo":
        try:
            store.undo(document.revision, "ben")
        except ConflictError:
            return
    elif action == "purge":
        if document.removed:
            store.purge(document.id, "ann")
    else:
        getattr(store, action)(document.id, "ann")
