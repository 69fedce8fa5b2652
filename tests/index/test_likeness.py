"""What is in the corpus already that is like a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from corpus.database import Database
from corpus.passages import PassageStore
from corpus.store import Store
from index.likeness import NAMED, Kind, find_alike
from index.sync import PassageIndex
from tests.support.drafts import make_draft
from tests.support.encoder import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus.models import Document
    from corpus.store import Draft
    from index.likeness import Alike

OFFICE = (
    "Bring your passport and the form to the town hall. The clerk checks them on the spot and "
    "hands out the number on a slip of paper. There is no fee for the number."
)
CHILDREN = (
    "A parent applies for a child and shows the birth certificate with a sworn translation. The "
    "number comes by post within two weeks."
)
# On the same subject, in other words.
ONLINE = (
    "Whoever has a trusted profile can ask for a PESEL number on the web. The form takes ten "
    "minutes, and the passport is uploaded as a photo. The answer comes to the inbox."
)
LIBRARY = "The library opens at noon and lends books in four languages to all who live here."


class Corpus:
    """A store with its index."""

    def __init__(self, database: Database, directory: Path) -> None:
        self.store = Store(database)
        self.index = PassageIndex(PassageStore(database), FakeEncoder(), directory)

    def add(self, *paragraphs: str, **fields: Any) -> Document:
        document = self.store.save(make_draft(*paragraphs, **fields), "tests")
        self.index.sync()
        return document

    def alike(self, draft: Draft) -> list[Alike]:
        return find_alike(draft, self.store, self.index)

    def kinds(self, draft: Draft) -> list[tuple[str, Kind]]:
        return [(alike.document.id, alike.kind) for alike in self.alike(draft)]


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    database = Database.open(tmp_path / "corpus.db")
    yield Corpus(database, tmp_path / "index")
    database.close()


def draft_of(*paragraphs: str, title: str = "A new one", **fields: Any) -> Draft:
    return make_draft(*paragraphs, title=title, **{"source": "upload/1/new.md"} | fields)


def test_nothing_is_like_a_draft_in_an_empty_corpus(corpus: Corpus) -> None:
    assert corpus.alike(draft_of(OFFICE)) == []


def test_same_text_is_found_whatever_its_title_and_source(corpus: Corpus) -> None:
    document = corpus.add(OFFICE, CHILDREN, title="How to get a number")
    (alike,) = corpus.alike(draft_of(OFFICE, CHILDREN))
    assert (alike.document, alike.kind) == (document, "same text")
    assert (alike.similarity, alike.passages) == (1.0, 2)


def test_older_version_has_a_title_alike_and_shares_passages(corpus: Corpus) -> None:
    document = corpus.add(OFFICE, CHILDREN, title="How to get a PESEL number")
    newer = CHILDREN.replace("two weeks", "three weeks")
    (alike,) = corpus.alike(draft_of(OFFICE, newer, title="How to get a PESEL number (2026)"))
    assert (alike.document.id, alike.kind, alike.passages) == (document.id, "older version", 2)
    assert 0.8 < alike.similarity < 1


def test_title_alike_alone_is_no_version(corpus: Corpus) -> None:
    corpus.add(LIBRARY, title="Weekly news")
    assert corpus.alike(draft_of(OFFICE, title="Weekly news")) == []


def test_shared_passage_is_an_overlap(corpus: Corpus) -> None:
    document = corpus.add(LIBRARY, OFFICE, title="Life in the town")
    (alike,) = corpus.alike(draft_of(OFFICE, CHILDREN, title="Numbers"))
    assert (alike.document.id, alike.kind, alike.passages) == (document.id, "overlap", 1)
    assert 0.5 < alike.similarity < 0.7


def test_words_are_compared_without_case_and_punctuation(corpus: Corpus) -> None:
    document = corpus.add(OFFICE.upper().replace(". ", "! "), title="Loud")
    assert corpus.kinds(draft_of(OFFICE)) == [(document.id, "overlap")]


def test_other_words_on_the_same_subject_are_not_named(corpus: Corpus) -> None:
    corpus.add(ONLINE, title="PESEL number on the web")
    assert corpus.alike(draft_of(OFFICE, CHILDREN, title="PESEL number at the town hall")) == []


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("upload/1/new.md", None),
        ("https://www.example.org/pesel/", None),
        ("/documents/old.md", "http://Example.org/pesel#top"),
    ],
)
def test_same_source_or_address_is_a_version_whatever_it_says(
    corpus: Corpus, source: str, url: str | None
) -> None:
    document = corpus.add(LIBRARY, source=source, url=url)
    draft = draft_of(OFFICE, url="https://example.org/pesel")
    (alike,) = corpus.alike(draft)
    assert (alike.document.id, alike.kind) == (document.id, "older version")
    assert (alike.similarity, alike.passages) == (0.0, 0)


def test_address_that_is_none_does_not_matter(corpus: Corpus) -> None:
    corpus.add(LIBRARY, source="/documents/old.md", url="https://[broken")
    assert corpus.alike(draft_of(OFFICE, url="https://[worse")) == []


def test_removed_document_is_named_only_where_it_is_the_same(corpus: Corpus) -> None:
    same = corpus.add(OFFICE, title="Removed on purpose")
    part = corpus.add(LIBRARY, OFFICE, title="Removed with others")
    for document in (same, part):
        corpus.store.remove(document.id, "tests")
    corpus.index.sync()
    (alike,) = corpus.alike(draft_of(OFFICE))
    assert (alike.document.id, alike.document.state) == (same.id, "removed")


def test_hidden_document_counts_as_one_that_is_live(corpus: Corpus) -> None:
    document = corpus.add(LIBRARY, OFFICE, title="Life in the town")
    corpus.store.hide(document.id, "tests")
    corpus.index.sync()
    assert corpus.kinds(draft_of(OFFICE)) == [(document.id, "overlap")]


def test_nearest_come_first_and_few_are_named(corpus: Corpus) -> None:
    part = corpus.add(LIBRARY, OFFICE, title="Life in the town")
    version = corpus.add(OFFICE, LIBRARY, CHILDREN, title="Numbers")
    same = corpus.add(OFFICE, CHILDREN, title="Other")
    less = corpus.add(CHILDREN, title="For parents")
    found = corpus.kinds(draft_of(OFFICE, CHILDREN, title="Numbers"))
    assert found == [
        (same.id, "same text"),
        (version.id, "older version"),
        (part.id, "overlap"),
    ]
    assert len(found) == NAMED
    assert less.id not in dict(found)


def test_document_from_the_same_source_comes_before_other_versions(corpus: Corpus) -> None:
    corpus.add(OFFICE, CHILDREN, LIBRARY, title="Numbers")
    same_source = corpus.add(LIBRARY, source="upload/1/new.md")
    found = corpus.kinds(draft_of(OFFICE, CHILDREN, title="Numbers"))
    assert found[0] == (same_source.id, "older version")


def test_text_of_three_words_is_compared_as_a_whole(corpus: Corpus) -> None:
    document = corpus.add("Closed on Mondays", title="Hours")
    assert corpus.kinds(draft_of("Closed on Mondays!")) == [(document.id, "overlap")]
    assert corpus.kinds(draft_of("Closed on Tuesdays!")) == []


def test_text_without_words_is_like_nothing(corpus: Corpus) -> None:
    corpus.add("🎉 🎉", LIBRARY, title="Party")
    assert corpus.alike(draft_of("🎉", title="🎉")) == []


def test_part_of_a_long_draft_is_found(corpus: Corpus) -> None:
    """Only some of its passages are looked for by embedding."""
    shared = [
        f"Office {number} of the city serves people whose name begins with letter {number}. "
        f"It opens at {number} and closes {number} hours later, on every working day."
        for number in range(30)
    ]
    document = corpus.add(*shared, title="Offices")
    other = [f"Rule {number} forbids what rule {number} allowed before." for number in range(70)]
    (alike,) = corpus.alike(draft_of(*other, *shared, title="All there is"))
    assert (alike.document.id, alike.passages) == (document.id, 30)
