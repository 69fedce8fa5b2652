"""Passages and the embeddings kept for them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from corpus.database import IDS_PER_STATEMENT
from corpus.passages import PassageStore, PassageVectors
from tests.support.drafts import make_draft

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Store


def keys(passages: PassageStore) -> list[str]:
    _, ids = passages.passage_ids()
    return [content.embedding_key for content in passages.contents(ids)]


def test_saved_embeddings_come_back_by_passage(store: Store, passages: PassageStore) -> None:
    document = store.save(make_draft("One. Two.", "Three.", language="pl"), by="me")
    one, three = keys(passages)
    _, ids = passages.passage_ids()

    passages.save_embeddings("model", {one: (b"p1", b"s1s2", b"t1"), three: (b"p3", b"s3", b"")})

    assert sorted(passages.vectors("model", ids), key=lambda row: row.id) == [
        PassageVectors(ids[0], document.id, "pl", b"p1", b"s1s2"),
        PassageVectors(ids[1], document.id, "pl", b"p3", b"s3"),
    ]
    assert passages.tokens("model", ids) == {ids[0]: b"t1", ids[1]: b""}
    assert passages.vectors("another", ids) == []
    assert passages.tokens("another", ids) == {}


def test_embeddings_are_missing_by_model(store: Store, passages: PassageStore) -> None:
    store.save(make_draft("One.", "Two."), by="me")
    one, _ = keys(passages)
    _, ids = passages.passage_ids()
    passages.save_embeddings("model", {one: (b"p", b"s", b"t")})

    assert passages.unembedded_ids("model") == [ids[1]]
    assert passages.unembedded_ids("another") == ids


def test_unchanged_passage_of_a_replaced_document_keeps_its_embedding(
    store: Store, passages: PassageStore
) -> None:
    store.save(make_draft("Stays.", "Goes."), by="me")
    passages.save_embeddings("model", dict.fromkeys(keys(passages), (b"p", b"s", b"t")))

    store.save(make_draft("Comes.", "Stays."), by="me")

    _, ids = passages.passage_ids()
    assert passages.unembedded_ids("model") == [ids[0]]


def test_another_title_makes_another_embedding_key(store: Store, passages: PassageStore) -> None:
    store.save(make_draft("Same.", title="A"), by="me")
    store.save(make_draft("Same.", title="B"), by="me")

    assert len(set(keys(passages))) == 2


def test_removed_documents_need_no_embeddings(store: Store, passages: PassageStore) -> None:
    document = store.save(make_draft("One."), by="me")
    _, ids = passages.passage_ids()
    passages.save_embeddings("model", dict.fromkeys(keys(passages), (b"p", b"s", b"t")))
    store.remove(document.id, by="me")

    assert passages.vectors("model", ids) == []
    assert passages.tokens("model", ids) == {}
    assert passages.unembedded_ids("another") == []


def test_saving_an_embedding_again_replaces_it(store: Store, passages: PassageStore) -> None:
    store.save(make_draft("One."), by="me")
    (key,) = keys(passages)
    _, ids = passages.passage_ids()
    passages.save_embeddings("model", {key: (b"old", b"s", b"older")})

    passages.save_embeddings("model", {key: (b"new", b"s", b"newer")})

    assert [row.passage for row in passages.vectors("model", ids)] == [b"new"]
    assert passages.tokens("model", ids) == {ids[0]: b"newer"}


def test_more_ids_than_a_statement_holds(store: Store, passages: PassageStore) -> None:
    store.save(make_draft(*(f"Number {number}." for number in range(2000))), by="me")
    _, ids = passages.passage_ids()

    assert len(passages.passages(ids)) == 2000
    assert [content.id for content in passages.contents(ids)] == ids
    passages.save_embeddings(
        "model", {key: (b"p", b"s", key.encode()) for key in set(keys(passages))}
    )
    assert passages.tokens("model", ids) == {
        content.id: content.embedding_key.encode() for content in passages.contents(ids)
    }


def test_no_ids_give_nothing(passages: PassageStore) -> None:
    assert passages.passages([]) == {}
    assert list(passages.contents([])) == []
    assert passages.vectors("model", []) == []
    assert passages.tokens("model", []) == {}


def test_models_are_told_with_how_many_passages_that_may_be_found_they_have_embedded(
    store: Store, passages: PassageStore
) -> None:
    assert passages.models() == {}
    store.save(make_draft("One.", "Two."), by="me")
    gone = store.save(make_draft("Three.", title="B"), by="me")
    one, two, three = keys(passages)
    passages.save_embeddings("model", dict.fromkeys((one, two, three), (b"p", b"s", b"t")))
    passages.save_embeddings("another", dict.fromkeys((two, three, "draft"), (b"p", b"s", b"t")))

    store.remove(gone.id, by="me")

    assert passages.models() == {"model": 2, "another": 1}


@pytest.mark.parametrize("count", [0, 1, IDS_PER_STATEMENT + 1])
def test_embeddings_of_all_models_but_one_are_deleted_some_at_a_time(
    store: Store, passages: PassageStore, count: int
) -> None:
    store.save(make_draft("One."), by="me")
    (one,) = keys(passages)
    vectors = {str(number): (b"p", b"s", b"t") for number in range(count)}
    for model in ("model", "another"):
        passages.save_embeddings(model, vectors)
    passages.save_embeddings("model", {one: (b"p", b"s", b"t")})

    counts = list(passages.delete_embeddings(keep="model"))

    assert sum(counts) == count
    assert all(0 < part <= IDS_PER_STATEMENT for part in counts)
    assert passages.unembedded_keys("model", [one, *vectors]) == set()
    assert passages.unembedded_keys("another", list(vectors)) == set(vectors)


def test_whole_store_has_no_problems(store: Store, passages: PassageStore) -> None:
    document = store.save(make_draft("One. Two."), by="me")
    store.save(make_draft("One, again.", title="B"), by="me")
    store.remove(document.id, by="me")

    assert passages.problems() == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE texts SET text = 'Other. Text.'", "is not the one that was stored"),
        ('UPDATE passages SET "end" = 1000', "its spans do not fit"),
        ('UPDATE sentences SET "start" = "start" + 1000', "its spans do not fit"),
        ("DELETE FROM sentences", "its spans do not fit"),
        ("DELETE FROM passages", "has no passage"),
    ],
)
def test_damage_is_told(
    store: Store, passages: PassageStore, tmp_path: Path, damage: str, problem: str
) -> None:
    store.save(make_draft("One. Two."), by="me")
    with sqlite3.connect(tmp_path / "corpus.db") as connection:
        connection.execute(damage)
    connection.close()

    assert [problem in line for line in passages.problems()] == [True]
