"""The index follows the store, whatever happens in between."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.database import Database
from corpus.passages import PassageStore
from corpus.store import Store
from index.embedding import PASSAGES_PER_BATCH
from index.errors import SnapshotError
from index.sync import PassageIndex, Synced
from tests.support.drafts import make_draft
from tests.support.encoder import FakeEncoder, TokenEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.encoder import Embeddings, Tokens


class CountingEncoder(FakeEncoder):
    """Counts the batches that it reads, and fails when it is told to."""

    def __init__(self, fail_after: int | None = None) -> None:
        super().__init__()
        self.calls = 0
        self._fail_after = fail_after

    def read_passages(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        if self._fail_after is not None and self.calls >= self._fail_after:
            raise KeyboardInterrupt
        self.calls += 1
        return super().read_passages(texts)


class Corpus:
    """A store with its index, both on disk."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.database = Database.open(directory / "corpus.db")
        self.store = Store(self.database)
        self.passages = PassageStore(self.database)

    def open_index(
        self, encoder: FakeEncoder | None = None, *, writable: bool = True
    ) -> PassageIndex:
        return PassageIndex(
            self.passages,
            encoder or CountingEncoder(),
            self.directory / "index",
            writable=writable,
        )

    @property
    def model_directory(self) -> Path:
        (found,) = (self.directory / "index").iterdir()
        return found


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path)


def assert_whole(corpus: Corpus, index: PassageIndex) -> None:
    revision, ids = corpus.passages.passage_ids()
    assert index.problems() == []
    assert index.snapshot.revision == revision
    assert sorted(index.snapshot.vectors.ids.tolist()) == ids
    assert sorted(index.snapshot.lexical.ids().tolist()) == ids


def test_empty_corpus_gives_an_empty_whole_index(corpus: Corpus) -> None:
    index = corpus.open_index()

    assert index.sync() == Synced(revision=0, encoded=0, added=0, removed=0)
    assert_whole(corpus, index)


def test_sync_puts_in_what_is_missing_and_takes_out_what_is_gone(corpus: Corpus) -> None:
    index = corpus.open_index()
    first = corpus.store.save(make_draft("One.", "Two.", title="A"), by="me")
    assert index.sync() == Synced(revision=1, encoded=2, added=2, removed=0)

    corpus.store.save(make_draft("Three.", title="B"), by="me")
    corpus.store.remove(first.id, by="me")

    assert index.sync() == Synced(revision=3, encoded=1, added=1, removed=2)
    assert_whole(corpus, index)


def test_second_sync_does_nothing(corpus: Corpus) -> None:
    corpus.store.save(make_draft("One."), by="me")
    index = corpus.open_index()
    index.sync()
    before = index.snapshot

    assert index.sync() == Synced(revision=1, encoded=0, added=0, removed=0)
    assert index.snapshot is before


def test_search_goes_on_in_the_old_snapshot_while_another_is_made(corpus: Corpus) -> None:
    document = corpus.store.save(make_draft("One."), by="me")
    index = corpus.open_index()
    index.sync()
    held = index.snapshot

    corpus.store.remove(document.id, by="me")
    index.sync()

    assert len(held.vectors) == len(held.lexical) == 1
    assert len(index.snapshot.vectors) == len(index.snapshot.lexical) == 0


def test_progress_tells_how_many_passages_are_encoded(corpus: Corpus) -> None:
    count = PASSAGES_PER_BATCH + 1
    corpus.store.save(make_draft(*(f"Passage {number}." for number in range(count))), by="me")
    seen: list[tuple[int, int]] = []

    corpus.open_index().sync(lambda done, total: seen.append((done, total)))

    assert seen == [(PASSAGES_PER_BATCH, count), (count, count)]


def test_passages_with_the_same_words_and_titles_share_an_embedding(corpus: Corpus) -> None:
    corpus.store.save(make_draft("Same.", "Same."), by="me")
    index = corpus.open_index()

    index.sync()

    assert len(index.snapshot.vectors) == 2
    assert_whole(corpus, index)


def test_what_was_encoded_before_an_interruption_is_not_encoded_again(corpus: Corpus) -> None:
    count = 3 * PASSAGES_PER_BATCH
    corpus.store.save(make_draft(*(f"Passage {number}." for number in range(count))), by="me")
    with pytest.raises(KeyboardInterrupt):
        corpus.open_index(CountingEncoder(fail_after=2)).sync()

    index = corpus.open_index()

    assert index.sync() == Synced(1, encoded=PASSAGES_PER_BATCH, added=count, removed=0)
    assert_whole(corpus, index)


def test_lexical_index_ahead_of_the_state_is_brought_back(corpus: Corpus, tmp_path: Path) -> None:
    first = corpus.store.save(make_draft("One.", title="A"), by="me")
    corpus.open_index().sync()
    kept = tmp_path / "kept"
    kept.mkdir()
    for path in corpus.model_directory.iterdir():
        if path.is_file():
            shutil.copy(path, kept)
    corpus.store.save(make_draft("Two.", title="B"), by="me")
    corpus.open_index().sync()

    # As if the process had died between tantivy's commit and the new state.json.
    for path in kept.iterdir():
        shutil.copy(path, corpus.model_directory)
    corpus.store.remove(first.id, by="me")
    index = corpus.open_index()
    assert (len(index.snapshot.vectors), len(index.snapshot.lexical)) == (1, 2)
    index.sync()

    assert_whole(corpus, index)


@pytest.mark.parametrize("damage", ["state", "state gone", "vectors", "vectors gone", "lexical"])
def test_damaged_index_is_made_anew_without_encoding(
    corpus: Corpus, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    corpus.store.save(make_draft("One.", "Two."), by="me")
    corpus.open_index().sync()
    (vectors,) = corpus.model_directory.glob("vectors-*.faiss")
    match damage:
        case "state":
            (corpus.model_directory / "state.json").write_text("{", encoding="utf-8")
        case "state gone":
            (corpus.model_directory / "state.json").unlink()
        case "vectors":
            vectors.write_bytes(vectors.read_bytes()[:-1] + b"!")
        case "vectors gone":
            vectors.unlink()
        case _:
            (corpus.model_directory / "lexical" / "meta.json").write_text("?", encoding="utf-8")

    encoder = CountingEncoder()
    index = corpus.open_index(encoder)
    index.sync()

    assert encoder.calls == 0
    assert_whole(corpus, index)
    assert "made anew" in caplog.text


def test_index_that_was_never_whole_is_not_said_to_be_lost(
    corpus: Corpus, caplog: pytest.LogCaptureFixture
) -> None:
    corpus.open_index()
    corpus.open_index()

    assert caplog.text == ""


def test_lost_lexical_index_comes_back(corpus: Corpus) -> None:
    corpus.store.save(make_draft("One.", "Two."), by="me")
    corpus.open_index().sync()
    shutil.rmtree(corpus.model_directory / "lexical")

    index = corpus.open_index()
    index.sync()

    assert_whole(corpus, index)


def test_rebuild_gives_the_same_index_without_encoding(corpus: Corpus) -> None:
    corpus.store.save(make_draft("One.", "Two."), by="me")
    corpus.open_index().sync()
    encoder = CountingEncoder()
    index = corpus.open_index(encoder)

    assert index.rebuild() == Synced(revision=1, encoded=0, added=2, removed=0)
    assert encoder.calls == 0
    assert_whole(corpus, index)


def test_models_do_not_mix(corpus: Corpus) -> None:
    corpus.store.save(make_draft("One."), by="me")
    corpus.open_index().sync()
    other = CountingEncoder()
    other.name = "another/model"

    index = corpus.open_index(other)
    index.sync()

    assert other.calls == 1
    assert_whole(corpus, index)
    assert sorted(path.name for path in (corpus.directory / "index").iterdir()) == sorted(
        [FakeEncoder().name, "another-model"]
    )


def test_index_of_another_version_is_made_anew(corpus: Corpus) -> None:
    corpus.store.save(make_draft("One."), by="me")
    corpus.open_index().sync()
    path = corpus.model_directory / "state.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(state | {"format": 0}), encoding="utf-8")

    index = corpus.open_index()
    index.sync()

    assert_whole(corpus, index)


def test_reader_never_writes(corpus: Corpus) -> None:
    with pytest.raises(SnapshotError, match="there is no index"):
        corpus.open_index(writable=False)
    assert not (corpus.directory / "index").exists()

    corpus.store.save(make_draft("One."), by="me")
    corpus.open_index().sync()
    corpus.store.save(make_draft("Two.", title="B"), by="me")

    assert len(corpus.open_index(writable=False).snapshot.vectors) == 1


def test_problems_are_told(corpus: Corpus) -> None:
    corpus.store.save(make_draft("One.", "Two.", title="A"), by="me")
    index = corpus.open_index()
    index.sync()
    revision, ids = corpus.passages.passage_ids()
    content = next(corpus.passages.contents(ids))
    zeros = np.zeros(index.encoder.dim, "<f2").tobytes()

    corpus.passages.save_embeddings(
        index.encoder.name, {content.embedding_key: (zeros, zeros, b"")}
    )
    corpus.store.save(make_draft("Three.", title="B"), by="me")

    problems = "\n".join(index.problems())
    assert f"at revision {revision}, the corpus at {revision + 1}" in problems
    assert "the vectors: 1 passages missing, 0 too many" in problems
    assert "the lexical index: 1 passages missing, 0 too many" in problems
    assert "the index has another embedding than the store" in problems
    assert "has no embedding" in problems


def vectors_file(corpus: Corpus) -> str:
    (path,) = corpus.model_directory.glob("vectors-*.faiss")
    return path.name


def test_small_change_leaves_the_vectors_file_as_it_is(corpus: Corpus) -> None:
    corpus.store.save(make_draft(*(f"Passage {n}." for n in range(60)), title="A"), by="me")
    gone = corpus.store.save(make_draft("Goes.", title="B"), by="me")
    index = corpus.open_index()
    index.sync()
    before = vectors_file(corpus)

    corpus.store.save(make_draft("Comes.", title="C"), by="me")
    corpus.store.remove(gone.id, by="me")
    index.sync()

    assert vectors_file(corpus) == before
    assert_whole(corpus, index)
    encoder = CountingEncoder()
    again = corpus.open_index(encoder)
    assert again.sync() == Synced(revision=4, encoded=0, added=0, removed=0)
    assert_whole(corpus, again)
    assert len(corpus.open_index(writable=False).snapshot.vectors) == 61


def test_large_change_makes_a_new_vectors_file(corpus: Corpus) -> None:
    corpus.store.save(make_draft(*(f"Passage {n}." for n in range(60)), title="A"), by="me")
    index = corpus.open_index()
    index.sync()
    before = vectors_file(corpus)

    corpus.store.save(make_draft(*(f"More {n}." for n in range(9)), title="B"), by="me")
    index.sync()

    assert vectors_file(corpus) != before
    assert not index.snapshot.vectors.is_worn
    assert_whole(corpus, index)


def test_large_index_is_compacted_in_the_background_and_kept(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.vectors.APPROXIMATE_FROM", 300)
    words = (["cat", "dog", "owl", "bee", "ant", "elk", "fox", "hen", "rat", "yak"]) * 4
    paragraphs = (f"{words[n % 10]} {words[n % 7]} number {n}." for n in range(600))
    corpus.store.save(make_draft(*paragraphs), by="me")
    index = corpus.open_index()

    index.sync()
    exact = index.snapshot
    index.wait()

    assert exact.vectors.recall == 1
    assert 0.98 <= index.snapshot.vectors.recall <= 1
    assert not index.snapshot.vectors.is_worn
    assert_whole(corpus, index)
    again = corpus.open_index()
    assert again.snapshot.vectors.recall == index.snapshot.vectors.recall
    assert_whole(corpus, again)


def test_closed_index_begins_no_new_file(corpus: Corpus) -> None:
    corpus.store.save(make_draft("One."), by="me")
    index = corpus.open_index()
    index.close()

    index.sync()

    assert index.snapshot.vectors.is_worn
    assert_whole(corpus, index)


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["save", "remove", "restore", "sync", "reopen", "rebuild"]),
        st.integers(0, 3),
        st.integers(1, 3),
    ),
    max_size=12,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(actions=ACTIONS)
def test_index_holds_what_the_store_holds_after_any_changes(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, int, int]]
) -> None:
    corpus = Corpus(tmp_path_factory.mktemp("corpus"))
    index = corpus.open_index()
    for number, (action, name, count) in enumerate(actions):
        if action == "save":
            paragraphs = (f"Words {number} {position}." for position in range(count))
            corpus.store.save(make_draft(*paragraphs, title=f"Title {name}"), by="me")
        elif action in ("remove", "restore"):
            document = corpus.store.find(f"/documents/Title {name}.md")
            if document is not None:
                getattr(corpus.store, action)(document.id, by="me")
        elif action == "reopen":
            index = corpus.open_index()
        elif action == "rebuild":
            index.rebuild()
        else:
            index.sync()
    index.sync()

    assert_whole(corpus, index)
    corpus.database.close()


class TestEmbeddingAhead:
    def test_nothing_is_left_to_encode_when_the_draft_is_stored(self, corpus: Corpus) -> None:
        index = corpus.open_index()
        draft = make_draft("One office.", "Another office.", "A third one.")
        assert index.embed_ahead(draft) == 3
        corpus.store.save(draft, "tests")
        synced = index.sync()
        assert (synced.encoded, synced.added) == (0, 3)
        assert_whole(corpus, index)

    def test_what_is_embedded_is_not_embedded_again(self, corpus: Corpus) -> None:
        index = corpus.open_index()
        corpus.store.save(make_draft("One office."), "tests")
        index.sync()
        draft = make_draft("One office.", "Another office.", source="/other.md")
        assert [index.embed_ahead(draft) for _ in range(2)] == [1, 0]

    def test_repeated_passage_is_embedded_once(self, corpus: Corpus) -> None:
        assert corpus.open_index().embed_ahead(make_draft("One office.", "One office.")) == 1

    def test_another_title_needs_other_embeddings(self, corpus: Corpus) -> None:
        index = corpus.open_index()
        for title in ("Title", "Another title"):
            assert index.embed_ahead(make_draft("One office.", title=title)) == 1

    def test_piece_by_piece_is_the_same_as_at_once(self, corpus: Corpus) -> None:
        index = corpus.open_index()
        draft = make_draft(*(f"Office {number} is open." for number in range(20)))
        pieces = []
        while embedded := index.embed_ahead(draft, lambda: True):
            pieces.append(embedded)
        assert pieces == [8, 8, 4]
        corpus.store.save(draft, "tests")
        assert index.sync().encoded == 0
        assert_whole(corpus, index)


@pytest.mark.parametrize("packed", [b"", b"half a token"])
def test_tokens_that_do_not_fit_are_told(corpus: Corpus, packed: bytes) -> None:
    corpus.store.save(make_draft("One."), by="me")
    index = corpus.open_index(TokenEncoder())
    index.sync()
    assert index.problems() == []
    _, ids = corpus.passages.passage_ids()
    (content,) = corpus.passages.contents(ids)
    (row,) = corpus.passages.vectors(index.encoder.name, ids)

    corpus.passages.save_embeddings(
        index.encoder.name, {content.embedding_key: (row.passage, row.sentences, packed)}
    )

    assert index.problems() == [f"passage {ids[0]}: its tokens' embeddings do not fit"]
