"""Questions to ranked hits, on a real store, FAISS and tantivy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from corpus import schema
from corpus.database import Database
from corpus.passages import PassageStore
from corpus.store import Store
from index.calibration import Calibration
from index.candidates import Reading, lexical_scores, likely, read
from index.lexical import LexicalQuery
from index.ranking import Ranking
from index.search import MAX_QUERY_LENGTH, RERANKED, Searcher
from index.sync import PassageIndex
from tests.support.drafts import make_draft
from tests.support.encoder import FakeEncoder, TokenEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from corpus.models import DetectedLanguage
    from index.encoder import Embeddings
    from index.models import Hit

LIBRARY = "The library lends five books for four weeks. No papers are asked for."
SCHOOL = "The school takes children from six years on. Lessons are on Saturdays."
BORDER = "The border is closed since Tuesday. Trains do not cross it either."


CALIBRATION = Calibration(
    "fake", -5.0, {"passage": 5.0, "sentence": 5.0, "lexical": 1.0, "reranker": 4.0}, 0.5
)


class Setup:
    def __init__(
        self,
        directory: Path,
        ranking: Ranking | None = None,
        encoder: FakeEncoder | None = None,
        **options: Any,
    ) -> None:
        self.database = Database.open(directory / "corpus.db")
        self.store = Store(self.database)
        self.index = PassageIndex(
            PassageStore(self.database), encoder or FakeEncoder(), directory / "index"
        )
        self.searcher = Searcher(self.store, self.index, ranking, **options)

    def add(self, *paragraphs: str, title: str, **fields: str) -> str:
        document = self.store.save(make_draft(*paragraphs, title=title, **fields), by="me")
        self.index.sync()
        return document.id


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    setup = Setup(tmp_path, calibration=CALIBRATION)
    setup.add(LIBRARY, SCHOOL, title="Guide")
    setup.add(BORDER, title="News")
    yield setup
    setup.database.close()


def test_passage_that_answers_is_first_with_its_core_sentence(setup: Setup) -> None:
    answer = setup.searcher.search("how many books does the library lend?")

    best = answer.hits[0]
    assert answer.answered
    assert best.text == LIBRARY
    assert best.quote(best.sentence) == "The library lends five books for four weeks."
    assert (best.document.title, best.rank) == ("Guide", 1)
    assert answer.confidence == best.confidence


def test_hit_is_verbatim(setup: Setup) -> None:
    for hit in setup.searcher.search("the border and the school").hits:
        text = setup.store.text(hit.document.id)

        assert hit.text == text[hit.start : hit.end]
        for sentence in hit.sentences:
            assert hit.quote(sentence) == text[sentence.start : sentence.end]


def test_hits_are_given_even_where_nothing_answers(setup: Setup) -> None:
    answer = setup.searcher.search("zxq")

    assert not answer.answered
    assert len(answer.hits) == 3


def test_ranks_count_from_1_and_scores_fall(setup: Setup) -> None:
    hits = setup.searcher.search("the school on Saturdays").hits

    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(("k", "expected"), [(1, 1), (2, 2), (3, 3), (100, 3)])
def test_k_limits_the_hits(setup: Setup, k: int, expected: int) -> None:
    assert len(setup.searcher.search("school", k).hits) == expected


def test_k_below_1_is_refused(setup: Setup) -> None:
    with pytest.raises(ValueError, match="not 0"):
        setup.searcher.search("school", 0)


@pytest.mark.parametrize("query", ["", "   \n", "?!", "🙂", "\u200fשלום", "a" * 4096])
def test_any_query_gets_an_answer(setup: Setup, query: str) -> None:
    answer = setup.searcher.search(query)

    assert answer.query == query.strip()[:MAX_QUERY_LENGTH]
    assert not answer.answered or answer.hits


def test_empty_corpus_answers_nothing(tmp_path: Path) -> None:
    answer = Setup(tmp_path).searcher.search("anything?")

    assert (answer.answered, answer.confidence, answer.hits) == (False, 0.0, ())


def test_signals_are_exact_for_every_candidate(setup: Setup) -> None:
    query = "the school on Saturdays"
    encoder = FakeEncoder()
    embedding = encoder.encode_queries([query])[0]
    lexical = setup.index.snapshot.lexical

    for hit in setup.searcher.search(query).hits:
        (content,) = setup.index.passages.contents([hit.passage_id])
        passage = encoder.encode_passages([f"{content.title}\n{content.text}"])[0]
        sentences = encoder.encode_passages(content.sentences)
        scores = lexical.scores(LexicalQuery.of(query), [hit.passage_id])

        assert hit.signals.passage == pytest.approx(float(passage @ embedding), abs=2e-3)
        assert hit.signals.sentence == pytest.approx(float(np.max(sentences @ embedding)), abs=2e-3)
        assert hit.signals.lexical == pytest.approx(scores[hit.passage_id])
        assert hit.signals.tokens == 0
        assert hit.best == int(np.argmax(sentences @ embedding))


def test_passage_found_by_words_alone_is_a_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.candidates.CANDIDATES", 1)
    setup = Setup(tmp_path, Ranking(passage=0, sentence=0, lexical=1))
    setup.add(LIBRARY, title="A")
    setup.add(SCHOOL, title="B")

    hits = setup.searcher.search("school children Saturdays", k=1).hits

    assert [hit.text for hit in hits] == [SCHOOL]


def test_the_likeliest_candidates_are_the_best_by_any_reading(setup: Setup) -> None:
    for number in range(8):
        setup.add(
            f"Note {number} on {'books' * (number % 2)} and lessons {number}.",
            title=f"Note {number}",
        )
    snapshot, ranking = setup.index.snapshot, Ranking(lexical=0.1)
    asked = read(
        snapshot.encoder,
        [Reading(text, text, "en") for text in ("books of note 3", "Saturday lessons")],
    )
    dense = set(snapshot.vectors.ids.tolist())
    lexical = lexical_scores(snapshot, asked.readings, dense, 2)

    found = likely(snapshot, asked, lexical, ranking, 4)

    cosines = snapshot.vectors.reconstruct(snapshot.vectors.ids) @ asked.embeddings.T
    scores = {
        number: max(
            cosine + ranking.lexical * words[number]
            for cosine, words in zip(own, lexical, strict=True)
        )
        for number, own in zip(snapshot.vectors.ids.tolist(), cosines.tolist(), strict=True)
    }
    assert found == sorted(scores, key=lambda number: (-scores[number], number))[:4]
    assert sorted(likely(snapshot, asked, lexical, ranking, 99)) == sorted(scores)


def test_latest_are_the_beginnings_of_the_documents_added_last(setup: Setup) -> None:
    new = setup.add("A bridge opens in June. It is long.", LIBRARY, title="Bridge")
    hits = setup.searcher.latest(10)
    assert [(hit.rank, hit.document.title) for hit in hits] == [
        (1, "Bridge"),
        (2, "News"),
        (3, "Guide"),
    ]
    assert hits[0].text == "A bridge opens in June. It is long."
    assert setup.searcher.latest(1, 1) == hits[1:2]
    assert setup.searcher.latest(5, 3) == ()
    setup.store.hide(new, by="me")
    assert [hit.document.title for hit in setup.searcher.latest(10)] == ["News", "Guide"]


def test_removed_document_is_never_found_even_before_the_sync(setup: Setup) -> None:
    document = setup.searcher.search("library books").hits[0].document

    setup.store.remove(document.id, by="me")

    assert len(setup.index.snapshot.vectors) == 3
    titles = [hit.document.title for hit in setup.searcher.search("library books").hits]
    assert titles == ["News"]


def test_added_document_is_found_after_the_sync(setup: Setup) -> None:
    setup.add("The theatre plays on Fridays.", title="Theatre")

    assert setup.searcher.search("theatre plays").hits[0].document.title == "Theatre"


def test_documents_can_be_left_out(setup: Setup) -> None:
    guide = setup.searcher.search("library books").hits[0].document

    left = setup.searcher.search("library books", without={guide.id}).hits

    assert [hit.document.title for hit in left] == ["News"]


class Longest:
    """A reranker to whom the longer passage is the better one."""

    name = "longest"

    def scores(self, query: str, passages: Sequence[str]) -> Any:
        return np.array([len(passage) / 200 for passage in passages], np.float32)


def test_reranker_orders_the_first_hits_and_weighs_in_the_confidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.RERANKED", 2)
    setup = Setup(tmp_path, calibration=CALIBRATION, reranker=Longest())
    setup.add("Books.", "Books, of which there are many more to read.", "Bread.", title="A")

    hits = setup.searcher.search("books").hits

    assert [hit.text[:6] for hit in hits] == ["Books,", "Books.", "Bread."]
    assert hits[0].signals.reranker > hits[1].signals.reranker > hits[2].signals.reranker == 0
    plain = Searcher(setup.store, setup.index, calibration=CALIBRATION).search("books").hits
    assert plain[0].text == "Books."
    assert hits[1].confidence > plain[0].confidence


def test_reranker_reads_as_many_hits_however_few_are_asked_for(tmp_path: Path) -> None:
    few = ["one", "two", "three", "four", "five"]
    texts = [f"Books {first} {second}." for first in few for second in few]
    read: list[int] = []

    class Counting(Longest):
        def scores(self, query: str, passages: Sequence[str]) -> Any:
            read.append(len(passages))
            return super().scores(query, passages)

    setup = Setup(tmp_path, reranker=Counting())
    for text in texts:
        setup.add(text, title=text)

    assert len(setup.searcher.search("books", k=1).hits) == 1
    assert read == [RERANKED]


def test_question_is_searched_in_its_second_reading_too(tmp_path: Path) -> None:
    def read(query: str, language: DetectedLanguage) -> str | None:
        return "library books" if (query, language.language) == ("кнігазбор", "be") else None

    setup = Setup(tmp_path, calibration=CALIBRATION, second_reading=read)
    setup.add(LIBRARY, SCHOOL, title="Guide")

    assert setup.searcher.search("кнігазбор").hits[0].text == LIBRARY
    assert setup.searcher.search("library books").hits[0].text == LIBRARY
    assert setup.searcher.search("кнігазбор").query == "кнігазбор"


def test_belarusian_in_latin_letters_is_encoded_in_cyrillic(tmp_path: Path) -> None:
    setup = Setup(tmp_path, calibration=CALIBRATION)
    setup.add("Бібліятэка адчынена ў суботу.", "Школа працуе ў нядзелю.", title="Даведка")

    answer = setup.searcher.search("kali adčyniena biblijateka ŭ subotu")

    assert answer.query == "kali adčyniena biblijateka ŭ subotu"
    assert answer.hits[0].text == "Бібліятэка адчынена ў суботу."
    assert answer.hits[0].signals.sentence > 0.5


def test_model_without_a_calibration_says_so(setup: Setup) -> None:
    assert setup.searcher.calibrated
    assert not Searcher(setup.store, setup.index).calibrated


def test_language_of_the_query_is_told(setup: Setup) -> None:
    answer = setup.searcher.search("Калі адчынена бібліятэка?")

    assert (answer.language.language, answer.language.script) == ("be", "Cyrl")
    assert not answer.hits[0].signals.same_language


def test_stages_add_up_to_no_more_than_the_total(setup: Setup) -> None:
    took = setup.searcher.search("school").took_ms

    assert 0 < took.encode + took.dense + took.lexical + took.rank <= took.total + 1e-6


def test_passage_comes_back_by_its_id(setup: Setup) -> None:
    found = setup.searcher.search("library books").hits[0]

    again = setup.searcher.hit(found.passage_id, found.best)

    assert again is not None
    assert (again.text, again.best, again.document) == (found.text, found.best, found.document)
    assert (again.rank, again.score, again.confidence) == (1, 0.0, 0.0)


def test_forged_sentence_number_is_harmless(setup: Setup) -> None:
    found = setup.searcher.search("library books").hits[0]

    again = setup.searcher.hit(found.passage_id, 255)

    assert again is not None
    assert again.best == 0


def test_gone_passage_is_none(setup: Setup) -> None:
    found = setup.searcher.search("library books").hits[0]
    setup.store.remove(found.document.id, by="me")

    assert setup.searcher.hit(found.passage_id) is None
    assert setup.searcher.hit(4_000_000_000) is None
    assert setup.searcher.document_text(found.document.id) is None
    assert setup.searcher.document_text("nothing") is None


def test_document_text_is_whole(setup: Setup) -> None:
    found = setup.searcher.search("library books").hits[0]

    assert setup.searcher.document_text(found.document.id) == f"{LIBRARY}\n\n{SCHOOL}"


def test_follow_up_stays_with_what_was_asked_before(tmp_path: Path) -> None:
    setup = Setup(tmp_path, calibration=CALIBRATION)
    library = setup.add(LIBRARY, "It is open on Tuesdays.", title="Library")
    setup.add(SCHOOL, "It is open on Saturdays only, from nine.", title="School")
    first = setup.searcher.search("how many books does the library lend?").hits[0]
    answer = setup.searcher.follow_up(
        "when is it open?",
        "how many books does the library lend?",
        first.document.id,
        first.passage_id,
    )
    assert first.document.id == library
    assert answer.hits[0].text == "It is open on Tuesdays."
    assert answer.query == "how many books does the library lend? when is it open?"
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    setup.database.close()


def test_follow_up_is_found_where_its_document_is_gone(setup: Setup) -> None:
    answer = setup.searcher.follow_up("and the border?", "does the school cost?", "gone", 4711)
    assert {hit.text for hit in answer.hits} == {LIBRARY, SCHOOL, BORDER}


def test_follow_up_in_an_empty_corpus_finds_nothing(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    answer = setup.searcher.follow_up("and the border?", "does the school cost?")
    assert (answer.hits, answer.answered) == ((), False)
    with pytest.raises(ValueError, match="at least 1"):
        setup.searcher.follow_up("and?", "what?", k=0)
    setup.database.close()


def test_same_passage_is_found_in_another_language(setup: Setup) -> None:
    setup.add(LIBRARY, BORDER, title="Przewodnik", language="pl")
    found = setup.searcher.search("which papers are asked for at the library?").hits[0]
    translation = setup.searcher.translation(found, "pl")
    assert translation is not None
    assert (translation.text, translation.document.title) == (LIBRARY, "Przewodnik")
    assert translation.quote(translation.sentence) == found.quote(found.sentence)
    assert translation.best == 1


def test_other_passages_are_no_translations(setup: Setup) -> None:
    setup.add(BORDER, title="Wiadomości", language="pl")
    found = setup.searcher.search("how many books does the library lend?").hits[0]
    assert setup.searcher.translation(found, "pl") is None
    assert setup.searcher.translation(found, "lt") is None
    setup.store.remove(found.document.id, "me")
    assert setup.searcher.translation(found, "pl") is None


def test_passage_is_given_with_its_neighbours_in_the_documents_order(setup: Setup) -> None:
    school = setup.searcher.search("school lessons on saturdays").hits[0]
    assert [hit.text for hit in setup.searcher.around(school.passage_id)] == [LIBRARY, SCHOOL]
    assert [hit.text for hit in setup.searcher.around(school.passage_id, 0)] == [SCHOOL]
    setup.store.remove(school.document.id, "me")
    assert setup.searcher.around(school.passage_id) == ()


class BlindEncoder(TokenEncoder):
    """All texts have the same embedding; only their tokens tell them apart."""

    def _encode(self, texts: Sequence[str]) -> Embeddings:
        return super()._encode([""] * len(texts))


TOKENS_ALONE = Ranking(lexical=0, same_language=0, support=0)


def test_passage_beside_another_that_fits_goes_before_one_that_stands_alone(
    tmp_path: Path,
) -> None:
    setup = Setup(tmp_path, TOKENS_ALONE, BlindEncoder())
    setup.add("cat bee fox", "elk rat yak", title="Alone")
    setup.add("cat rat ant", "cat elk yak", title="Guide")

    alone = setup.searcher.search("cat dog").hits
    supported = Searcher(setup.store, setup.index, replace(TOKENS_ALONE, support=0.2))

    assert alone[0].document.title == "Alone"
    hits = supported.search("cat dog").hits
    assert [hit.document.title for hit in hits[:3]] == ["Guide", "Guide", "Alone"]
    # Half of the tokens, above those of the passage that has none.
    assert hits[0].score - hits[2].score == pytest.approx(0.2 * 0.4 * 0.5)


def found_with_tokens(hits: Sequence[Hit]) -> list[tuple[str, float]]:
    """The texts of hits, and how near their tokens are."""
    return [(hit.text, round(hit.signals.tokens, 5)) for hit in hits]


class TestTokens:
    """With `TokenEncoder` the signal is the share of the query's words that a passage has."""

    def test_passage_whose_words_match_goes_before_one_with_the_same_embedding(
        self, tmp_path: Path
    ) -> None:
        setup = Setup(tmp_path, TOKENS_ALONE, BlindEncoder())
        setup.add("elk rat yak", "cat rat ant", "bee dog cat", title="Guide")

        hits = setup.searcher.search("cat dog").hits

        assert found_with_tokens(hits) == [
            ("bee dog cat", 1),
            ("cat rat ant", 0.5),
            ("elk rat yak", 0),
        ]
        assert len({hit.signals.passage for hit in hits}) == 1
        without = Searcher(setup.store, setup.index, replace(TOKENS_ALONE, tokens=0))
        assert without.search("cat dog").hits[0].text == "elk rat yak"

    @pytest.mark.parametrize("query", ["the school on Saturdays", "Zebras?", "the the border"])
    def test_signal_of_every_candidate_is_that_of_the_tokens_themselves(
        self, tmp_path: Path, query: str
    ) -> None:
        setup = Setup(tmp_path, encoder=TokenEncoder())
        setup.add(LIBRARY, SCHOOL, title="Guide")
        setup.add(BORDER, title="News")
        _, (asked,) = TokenEncoder().read_queries([query])

        hits = setup.searcher.search(query).hits

        assert len(hits) == 3
        for hit in hits:
            _, (own,) = TokenEncoder().read_passages([f"{hit.document.title}\n{hit.text}"])
            cosines = asked @ own.T
            assert hit.signals.tokens == pytest.approx(cosines.max(axis=1).sum(), abs=1e-5)
            assert hit.signals.tokens_mean == pytest.approx(cosines.mean(axis=1).sum(), abs=1e-5)

    def test_passage_that_is_removed_meanwhile_is_not_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        setup = Setup(tmp_path, encoder=TokenEncoder())
        guide = setup.add(LIBRARY, SCHOOL, title="Guide")
        setup.add(BORDER, title="News")
        read = PassageStore.tokens

        def remove_and_read(
            store: PassageStore, model: str, ids: Sequence[int]
        ) -> dict[int, bytes]:
            setup.store.remove(guide, by="me")
            return read(store, model, ids)

        monkeypatch.setattr(PassageStore, "tokens", remove_and_read)

        hits = setup.searcher.search("how many books does the library lend?").hits

        assert [hit.text for hit in hits] == [BORDER]

    @pytest.mark.parametrize(("weight", "expected"), [(1, [2 / 3, 1]), (-1, [0, 0])])
    def test_passage_has_the_tokens_of_the_reading_that_scores_it(
        self, tmp_path: Path, weight: float, expected: list[float]
    ) -> None:
        setup = Setup(
            tmp_path,
            replace(TOKENS_ALONE, tokens=weight),
            BlindEncoder(),
            second_reading=lambda *_: "owl bee elk",
        )
        setup.add("owl bee ant", "cat dog ant", title="Guide")

        hits = setup.searcher.search("cat dog").hits

        found = {hit.text: hit.signals.tokens for hit in hits}
        assert [found[text] for text in ("owl bee ant", "cat dog ant")] == pytest.approx(expected)

    def test_corpus_whose_tokens_were_not_kept_answers_by_the_other_signals(
        self, tmp_path: Path
    ) -> None:
        setup = Setup(tmp_path, encoder=TokenEncoder())
        setup.add(LIBRARY, SCHOOL, BORDER, title="Guide")
        with setup.database.writing() as connection:
            connection.execute(schema.embeddings.update().values(tokens=b""))
        plain = PassageIndex(setup.index.passages, FakeEncoder(), tmp_path / "index")
        plain.sync()

        hits = setup.searcher.search("how many books does the library lend?").hits

        assert {hit.signals.tokens for hit in hits} == {0}
        expected = Searcher(setup.store, plain).search("how many books does the library lend?").hits
        assert [(hit.text, hit.score) for hit in hits] == [
            (hit.text, hit.score) for hit in expected
        ]

    def test_tokens_of_the_best_by_the_other_signals_alone_are_looked_at(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("index.search.READ", 3)
        monkeypatch.setattr("index.search.SPARE", 0)
        looked_at: list[int] = []
        read = PassageStore.tokens

        def note_and_read(store: PassageStore, model: str, ids: Sequence[int]) -> dict[int, bytes]:
            looked_at.append(len(ids))
            return read(store, model, ids)

        monkeypatch.setattr(PassageStore, "tokens", note_and_read)
        setup = Setup(
            tmp_path,
            Ranking(passage=0, sentence=0, lexical=0, same_language=1, tokens=5),
            BlindEncoder(),
        )
        query = "where is the cat and where is the dog?"
        setup.add("where is the cat and the dog", title="A", language="pl")
        setup.add("elk rat yak", "the bee", "where is the ant", title="B", language="en")
        setup.add("is there a cat", title="C", language="pl")

        few, all_of_them = setup.searcher.search(query, k=2), setup.searcher.search(query, k=5)

        assert few.language.language == "en"
        assert [hit.text for hit in few.hits] == ["where is the ant", "the bee"]
        assert all_of_them.hits[0].text == "where is the cat and the dog"
        assert len(all_of_them.hits) == 5
        assert looked_at == [3, 5]

    def test_follow_up_is_weighed_with_its_tokens(self, tmp_path: Path) -> None:
        setup = Setup(tmp_path, calibration=CALIBRATION, encoder=TokenEncoder())
        setup.add(LIBRARY, "It is open on Tuesdays.", title="Library")
        setup.add(SCHOOL, "It is open on Saturdays only, from nine.", title="School")
        before = "how many books does the library lend?"
        first = setup.searcher.search(before).hits[0]

        answer = setup.searcher.follow_up(
            "is it open?", before, first.document.id, first.passage_id
        )

        assert answer.hits[0].text == "It is open on Tuesdays."
        tokens = {hit.text: hit.signals.tokens for hit in answer.hits}
        assert tokens["It is open on Tuesdays."] == pytest.approx(1)
        assert tokens["It is open on Saturdays only, from nine."] == pytest.approx(1)
        assert tokens[LIBRARY] == tokens[SCHOOL] == 0

    def test_follow_up_in_a_corpus_without_passages_left_finds_nothing(
        self, tmp_path: Path
    ) -> None:
        setup = Setup(tmp_path, encoder=TokenEncoder())
        document = setup.add(LIBRARY, title="Library")
        setup.store.remove(document, by="me")

        assert setup.searcher.search("library").hits == ()
        assert setup.searcher.follow_up("open?", "library?").hits == ()
