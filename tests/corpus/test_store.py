"""Documents, their revisions and the audit trail."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from corpus.errors import MissingError
from tests.support.drafts import make_draft

if TYPE_CHECKING:
    from corpus.passages import PassageStore
    from corpus.store import Store


def test_empty_store_is_at_revision_0(store: Store, passages: PassageStore) -> None:
    assert store.revision() == 0
    assert store.documents() == []
    assert passages.passage_ids() == (0, [])


def test_saved_document_is_there_with_its_text(store: Store) -> None:
    draft = make_draft(
        "Адзін. Два.",
        "Тры 🙂.",
        title="Назва",
        language="be",
        script="Cyrl",
        published=date(2025, 9, 11),
        url="https://example.org/a",
    )

    document = store.save(draft, by="alesia")

    assert store.documents() == [document]
    assert store.document(document.id) == document
    assert store.text(document.id) == "Адзін. Два.\n\nТры 🙂."
    assert (document.title, document.language, document.published) == (
        "Назва",
        "be",
        date(2025, 9, 11),
    )
    assert (document.words, document.added_by, document.revision) == (4, "alesia", 1)


def test_passages_reread_to_the_text(store: Store, passages: PassageStore) -> None:
    store.save(make_draft("🙂 One. Two.", "Three."), by="me")

    _, ids = passages.passage_ids()
    found = passages.passages(ids)

    assert [found[number].text for number in ids] == ["🙂 One. Two.", "Three."]
    assert [content.sentences for content in passages.contents(ids)] == [
        ("🙂 One.", "Two."),
        ("Three.",),
    ]


def test_same_source_replaces_and_keeps_the_id(store: Store, passages: PassageStore) -> None:
    first = store.save(make_draft("Old."), by="me")
    _, old_ids = passages.passage_ids()

    second = store.save(make_draft("New.", "And more."), by="you")

    revision, new_ids = passages.passage_ids()
    assert (second.id, second.added_by, second.revision) == (first.id, "me", 2)
    assert store.text(first.id) == "New.\n\nAnd more."
    assert revision == 2
    assert len(new_ids) == 2
    assert not set(old_ids) & set(new_ids)


def test_id_of_a_passage_is_never_used_again(store: Store, passages: PassageStore) -> None:
    document = store.save(make_draft("Old."), by="me")
    _, old_ids = passages.passage_ids()
    store.remove(document.id, by="me")
    store.purge(document.id, by="me")

    store.save(make_draft("New."), by="me")

    assert not set(old_ids) & set(passages.passage_ids()[1])


def test_removed_document_is_never_found_again(store: Store, passages: PassageStore) -> None:
    kept = store.save(make_draft("Kept.", title="Kept"), by="me")
    gone = store.save(make_draft("Gone.", title="Gone"), by="me")
    _, ids = passages.passage_ids()

    store.remove(gone.id, by="me")

    assert store.documents() == [kept]
    assert [document.id for document in store.documents("removed")] == [gone.id]
    assert passages.passages(ids).keys() == {ids[0]}
    assert passages.passage_ids() == (3, ids[:1])


def test_restored_document_is_found_again_under_the_same_ids(
    store: Store, passages: PassageStore
) -> None:
    document = store.save(make_draft("One."), by="me")
    _, ids = passages.passage_ids()
    store.remove(document.id, by="me")

    store.restore(document.id, by="me")

    assert passages.passage_ids() == (3, ids)


def test_removing_twice_changes_nothing(store: Store) -> None:
    document = store.save(make_draft("One."), by="me")
    once = store.remove(document.id, by="me")

    assert store.remove(document.id, by="me") == once
    assert store.revision() == 2


def test_purge_deletes_texts_but_not_the_trail(store: Store) -> None:
    shared = store.save(make_draft("Same.", title="A"), by="me")
    other = store.save(make_draft("Same.", title="B"), by="me")
    store.remove(shared.id, by="me")

    store.purge(shared.id, by="you")

    assert store.text(other.id) == "Same."
    with pytest.raises(MissingError, match=shared.id):
        store.document(shared.id)
    assert [(change.action, change.by) for change in store.history(shared.id)] == [
        ("purge", "you"),
        ("remove", "me"),
        ("add", "me"),
    ]


def test_purge_of_what_is_not_removed_is_refused(store: Store) -> None:
    document = store.save(make_draft("One."), by="me")

    with pytest.raises(ValueError, match="remove it first"):
        store.purge(document.id, by="me")


def test_history_tells_who_did_what_the_latest_first(store: Store) -> None:
    document = store.save(make_draft("One.", title="A"), by="a")
    store.save(make_draft("Two.", title="A"), by="b")
    store.save(make_draft("Three.", title="C"), by="c")

    assert [(c.by, c.action, c.title) for c in store.history()] == [
        ("c", "add", "C"),
        ("b", "replace", "A"),
        ("a", "add", "A"),
    ]
    assert [change.by for change in store.history(document.id)] == ["b", "a"]


def test_unknown_id_says_where_ids_are_shown(store: Store) -> None:
    for call in (store.document, store.text, lambda name: store.remove(name, by="me")):
        with pytest.raises(MissingError, match="daviedka documents list"):
            call("nothing")


def test_draft_without_title_or_passage_is_refused(store: Store) -> None:
    for draft in (make_draft("One.", title=""), make_draft()):
        with pytest.raises(ValueError, match="needs a title and a passage"):
            store.save(draft, by="me")

    assert store.revision() == 0


def test_find_prefers_what_is_not_removed(store: Store) -> None:
    first = store.save(make_draft("Same.", title="A"), by="me")
    second = store.save(make_draft("Same.", title="B"), by="me")
    store.remove(first.id, by="me")

    found = store.find_content(second.content_hash)

    assert found is not None
    assert found.id == second.id
    assert store.find("/documents/A.md") == store.document(first.id)
    assert store.find("/documents/none.md") is None
