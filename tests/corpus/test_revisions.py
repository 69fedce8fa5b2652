"""Every change of a document can be taken back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from corpus.errors import ConflictError, MissingError
from tests.support.drafts import make_draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus.models import Document
    from corpus.passages import PassageStore
    from corpus.store import Store


@pytest.fixture
def document(store: Store) -> Document:
    return store.save(make_draft("Passports are renewed in Vilnius.", title="Passports"), "ann")


def contents(store: Store, document: Document) -> tuple[Any, ...]:
    found = store.document(document.id)
    return (
        found.state,
        found.title,
        found.published,
        found.url,
        found.check_by,
        found.source,
        store.text(document.id),
    )


def passage_texts(passages: PassageStore) -> list[str]:
    _, ids = passages.passage_ids()
    return [passage.text for passage in passages.passages(ids).values()]


CHANGES: list[Callable[[Store, str], Document]] = [
    lambda store, id_: store.remove(id_, "ann"),
    lambda store, id_: store.hide(id_, "ann"),
    lambda store, id_: store.edit(id_, "ann", title="Other"),
    lambda store, id_: store.edit(id_, "ann", published=date(2026, 1, 2), url="https://a.org/"),
    lambda store, id_: store.edit(id_, "ann", check_by=date(2027, 1, 2)),
    lambda store, _: store.save(make_draft("New text.", title="Passports"), "ann"),
    lambda store, id_: store.save(
        make_draft("New text.", title="New", source="https://new.org/"), "ann", replaces=id_
    ),
]


@pytest.mark.parametrize("change", CHANGES)
def test_undo_brings_back_what_was_before(
    store: Store,
    passages: PassageStore,
    document: Document,
    change: Callable[[Store, str], Document],
) -> None:
    before, found_before = contents(store, document), passage_texts(passages)
    changed = change(store, document.id)
    assert contents(store, document) != before

    store.undo(changed.revision, "ben")

    assert contents(store, document) == before
    assert passage_texts(passages) == found_before
    last = store.history()[0]
    assert (last.action, last.by, last.undoes) == ("undo", "ben", changed.revision)


@pytest.mark.parametrize("change", CHANGES)
def test_undo_of_an_undo_makes_the_change_again(
    store: Store, document: Document, change: Callable[[Store, str], Document]
) -> None:
    changed = change(store, document.id)
    after = contents(store, document)

    undone = store.undo(changed.revision, "ben")
    store.undo(undone.revision, "ben")

    assert contents(store, document) == after
    assert [entry.undone for entry in store.history()] == [False, True, False, False]


def test_undo_of_an_addition_removes_the_document(
    store: Store, passages: PassageStore, document: Document
) -> None:
    assert store.undo(document.revision, "ann").state == "removed"
    assert passage_texts(passages) == []


def test_changes_are_taken_back_one_by_one_to_the_first(store: Store, document: Document) -> None:
    before = contents(store, document)
    for change in CHANGES:
        change(store, document.id)
    while pending := [
        entry for entry in store.history() if not entry.undone and entry.action != "undo"
    ][:-1]:
        store.undo(pending[0].revision, "ann")

    assert contents(store, document) == before


def test_undo_of_what_was_changed_since_is_refused(store: Store, document: Document) -> None:
    edited = store.edit(document.id, "ann", title="Second")
    store.edit(document.id, "ben", title="Third")

    with pytest.raises(ConflictError, match="changed since"):
        store.undo(edited.revision, "ann")

    assert store.document(document.id).title == "Third"


def test_undo_steps_aside_where_another_document_is_from_the_source_by_now(
    store: Store, document: Document
) -> None:
    moved = store.save(make_draft("New.", source="https://new.org/"), "ann", replaces=document.id)
    newcomer = store.save(make_draft("Newcomer.", title="Passports"), "ben")  # from the old source

    back = store.undo(moved.revision, "ann")

    assert back.source == f"{document.source}#{document.id}"
    assert store.text(back.id) == "Passports are renewed in Vilnius."
    assert store.find(document.source) == newcomer
    assert len(store.documents()) == 2


def test_undo_of_what_never_was_or_was_purged_is_refused(store: Store, document: Document) -> None:
    with pytest.raises(MissingError):
        store.undo(99, "ann")
    removed = store.remove(document.id, "ann")
    store.purge(document.id, "ann")
    with pytest.raises(MissingError):
        store.undo(removed.revision, "ann")


def test_edit_that_changes_nothing_leaves_no_trace(store: Store, document: Document) -> None:
    store.edit(document.id, "ann", title="Passports", url=None)
    store.show(document.id, "ann")
    assert len(store.history()) == 1


def test_edit_refuses_an_empty_title(store: Store, document: Document) -> None:
    with pytest.raises(ValueError, match="needs a title"):
        store.edit(document.id, "ann", title=" ")


def test_edited_title_is_embedded_anew(
    store: Store, passages: PassageStore, document: Document
) -> None:
    (_, [before]) = passages.passage_ids()
    store.edit(document.id, "ann", check_by=date(2027, 1, 1))
    assert passages.passage_ids()[1] == [before]
    store.edit(document.id, "ann", title="Documents")
    (_, [after]) = passages.passage_ids()
    contents = {content.id: content.title for content in passages.contents([before, after])}
    assert contents == {after: "Documents"}


def test_hidden_document_is_not_found_until_it_is_shown(
    store: Store, passages: PassageStore, document: Document
) -> None:
    (_, [passage_id]) = passages.passage_ids()
    store.hide(document.id, "ann")
    assert passages.passage_ids()[1] == []
    assert passages.passages([passage_id]) == {}
    assert [found.id for found in store.documents("hidden")] == [document.id]
    assert store.documents() == []
    store.show(document.id, "ann")
    assert passages.passage_ids()[1] == [passage_id]


def test_replacing_takes_the_new_source_and_lifts_the_date_to_check(
    store: Store, document: Document
) -> None:
    store.edit(document.id, "ann", check_by=date(2027, 1, 1))
    replaced = store.save(
        make_draft("New.", source="https://new.org/"), "ben", replaces=document.id
    )
    assert (replaced.id, replaced.source, replaced.check_by) == (
        document.id,
        "https://new.org/",
        None,
    )


def test_replacing_with_what_another_document_is_from_is_refused(
    store: Store, document: Document
) -> None:
    other = store.save(make_draft("Other.", title="Other"), "ann")
    with pytest.raises(ConflictError, match="same source") as refused:
        store.save(make_draft("New.", title="Other"), "ben", replaces=document.id)
    assert refused.value.document_id == other.id
    assert store.text(document.id) == "Passports are renewed in Vilnius."


def test_history_is_given_in_pages(store: Store, document: Document) -> None:
    for number in range(5):
        store.edit(document.id, "ann", title=f"Title {number}")
    titles = [change.title for change in store.history(limit=2, offset=1)]
    assert titles == ["Title 3", "Title 2"]


def test_history_tells_what_each_change_changed(store: Store, document: Document) -> None:
    other = store.save(make_draft("Something else.", title="Else"), "bob")
    store.edit(document.id, "ann", title="New", url="https://example.org/")
    store.edit(other.id, "bob", check_by=date(2027, 5, 1))
    store.hide(document.id, "bob")
    store.save(make_draft("Visas are given here.", title="New"), "bob", replaces=document.id)
    changed = [(change.action, set(change.changed)) for change in reversed(store.history())]
    assert changed == [
        ("add", set()),
        ("add", set()),
        ("edit", {"title", "url"}),
        ("edit", {"check_by"}),
        ("hide", {"state"}),
        ("replace", {"source", "url", "content_hash", "state"}),
    ]


def test_purged_document_tells_nothing_of_what_was_changed(
    store: Store, document: Document
) -> None:
    store.edit(document.id, "ann", title="New")
    store.remove(document.id, "ann")
    store.purge(document.id, "ann")
    assert store.history()[0].changed == ()


def test_removed_document_gives_way_to_one_that_comes_back_to_its_source(
    store: Store, document: Document
) -> None:
    before = contents(store, document)
    moved = store.save(make_draft("New.", source="https://new.org/"), "ann", replaces=document.id)
    newcomer = store.save(make_draft("Newcomer.", title="Passports"), "ben")  # from the old source
    store.undo(newcomer.revision, "ben")

    store.undo(moved.revision, "ann")

    assert contents(store, document) == before
    store.remove(document.id, "ann")
    back = store.restore(newcomer.id, "ben")
    assert back.source == before[5]
    assert store.text(back.id) == "Newcomer."
    assert store.find(before[5]) == back


def test_change_is_not_undone_below_others_even_where_all_looks_the_same(
    store: Store, document: Document
) -> None:
    first = store.edit(document.id, "ann", title="One")
    store.edit(document.id, "ben", title="Two")
    store.edit(document.id, "ben", title="One")

    with pytest.raises(ConflictError, match="changed since"):
        store.undo(first.revision, "ann")

    assert store.document(document.id).title == "One"


def test_undos_are_made_again_in_the_order_of_a_stack(store: Store, document: Document) -> None:
    first = store.edit(document.id, "ann", title="One")
    second = store.edit(document.id, "ann", title="Two")
    undone_second = store.undo(second.revision, "ann")
    undone_first = store.undo(first.revision, "ann")
    with pytest.raises(ConflictError, match="changed since"):
        store.undo(undone_second.revision, "ann")
    store.undo(undone_first.revision, "ann")
    assert store.document(document.id).title == "One"
    store.undo(undone_second.revision, "ann")
    assert store.document(document.id).title == "Two"
