"""Questions asked of small corpora, where one can tell what must come out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from corpus.errors import ReadingError
from index.calibration import Calibration
from index.evaluate import evaluate, evaluate_xquad, joined, judge
from index.material import open_material, open_sample, open_xquad
from tests.support.encoder import FakeEncoder
from tests.support.xquad import ARTICLES, write_xquad

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from index.encoder import SentenceEncoder
    from index.material import Material

TEXTS = {
    "library.md": "The library lends five books for four weeks. No papers are asked for.",
    "school.md": "The school takes children from six years on. Lessons are on Saturdays.",
    "theatre.md": "Театр паказвае спектаклі па пятніцах. Квіткі прадаюць у касе.",
}
QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "id": "found",
        "lang": "en",
        "question": "How many books does the library lend?",
        "docs": ["guide/library.md"],
        "must_contain": [["five"]],
    },
    {
        "id": "second",
        "lang": "en",
        "question": "Does the library lend books, or are lessons on Saturdays?",
        "must_contain": [["children"], ["saturdays"]],
    },
    {
        "id": "cross",
        "lang": "pl",
        "question": "Театр, квіткі, каса?",
        "docs": ["guide/theatre.md", "guide/school.md"],
    },
    {
        "id": "latin",
        "lang": "be-latn",
        "question": "Teatr, kvitki?",
        "docs": ["guide/theatre.md"],
    },
    {"id": "nothing", "lang": "en", "question": "zzz qqq?", "must_contain": [["zzz"]]},
    {"id": "none", "lang": "en", "question": "How do I renew a visa?", "answerable": False},
)


@pytest.fixture
def material(tmp_path: Path) -> Iterator[Material]:
    """Everything is answered: the threshold is 0."""
    folder = tmp_path / "guide"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(f"# {name}\n\n{text}\n", encoding="utf-8")
    lines = [json.dumps({"answerable": True} | question) for question in QUESTIONS]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(lines), encoding="utf-8")
    every = Calibration(
        model="any", intercept=0, coefficients={"passage": 1, "sentence": 1}, threshold=0
    )
    with open_material(folder, questions, FakeEncoder(), tmp_path, calibration=every) as material:
        yield material


def test_rank_is_that_of_the_first_right_hit(material: Material) -> None:
    found = {each.question.id: each.ranks for each in evaluate(material).outcomes}

    assert found["found"] == (1,)
    assert found["nothing"] == found["none"] == ()
    hits = material.searcher.search(QUESTIONS[1]["question"]).hits
    assert found["second"] == tuple(hit.rank for hit in hits if hit.text == TEXTS["school.md"])


def test_relation_is_that_of_any_document_that_answers(material: Material) -> None:
    found = {each.question.id: each.relation for each in evaluate(material).outcomes}

    assert found == {
        "found": "same",
        "second": "same",  # names no document: that of the hit counts
        "cross": "cross",
        "latin": "same",  # the document is in Belarusian, if in another script
        "nothing": None,
        "none": None,
    }


def test_answered_and_confidence_are_the_answers(material: Material) -> None:
    outcomes = evaluate(material).outcomes

    assert all(outcome.answered for outcome in outcomes)
    for outcome in outcomes:
        answer = material.searcher.search(outcome.question.question)
        assert outcome.confidence == pytest.approx(answer.confidence)
        assert outcome.took_ms is not None


def test_documents_may_be_left_out(material: Material) -> None:
    library = material.documents[0]

    outcome = judge(material.searcher, material.questions[0], without={library.id})

    assert outcome.ranks == ()


def test_progress_ends_at_the_number_of_questions(material: Material) -> None:
    calls: list[tuple[int, int]] = []

    evaluate(material, progress=lambda done, total: calls.append((done, total)))

    assert calls == [(number, 6) for number in range(1, 7)]


def test_json_has_the_figures_overall_and_by_language(material: Material) -> None:
    found = json.loads(json.dumps(evaluate(material).as_json()))

    assert found["overall"]["questions"] == 6
    assert found["overall"]["false_answer_rate"] == 1
    assert found["by_language"].keys() == {"be-latn", "en", "pl"}
    assert found["same_language"]["questions"] + found["cross_language"]["questions"] == 4
    assert found["overall"]["latency_ms"].keys() == {"p50", "p95"}
    assert found["latency_ms"]["total"] == found["overall"]["latency_ms"]
    assert "pairs" not in found


def test_several_materials_count_as_one(material: Material) -> None:
    one = evaluate(material)

    two = joined([one, one])

    assert two.as_json()["overall"]["questions"] == 12
    assert two.as_json()["overall"]["r_at_1"] == one.as_json()["overall"]["r_at_1"]
    assert two.documents == 6


def test_xquad_is_asked_by_pairs_and_together(tmp_path: Path) -> None:
    found = evaluate_xquad(write_xquad(tmp_path), ["en", "ru"], FakeEncoder(), tmp_path)

    pairs = {(pair.question_language, pair.paragraph_language): pair for pair in found.pairs}
    assert pairs.keys() == {("en", "en"), ("en", "ru"), ("ru", "en"), ("ru", "ru")}
    assert all(pair.questions == 3 for pair in found.pairs)
    outcomes = found.outcomes
    assert [outcome.question.answerable for outcome in outcomes] == [True, False] * 6
    assert all(outcome.relevant == 2 for outcome in outcomes)
    assert (found.documents, len(found.times)) == (6, 6)
    # Two parallel paragraphs are right; without their whole article, none is.
    assert all(len(outcome.ranks) == 2 for outcome in outcomes if outcome.question.answerable)
    left = [outcome for outcome in outcomes if not outcome.question.answerable]
    assert all(outcome.ranks == () for outcome in left)
    articles = [outcome.question.docs[0].split("/")[-2] for outcome in left]
    assert not any(
        f"/{article}/" in outcome.first for article, outcome in zip(articles, left, strict=True)
    )


def test_means_over_pairs_weigh_every_pair_alike(tmp_path: Path) -> None:
    found = evaluate_xquad(write_xquad(tmp_path), ["en", "ru", "de"], FakeEncoder(), tmp_path)

    fields = found.as_json()
    for name, same in (("same_language", True), ("cross_language", False)):
        recalls = [
            pair["r_at_1"]
            for pair in fields["pairs"]
            if (pair["question_language"] == pair["paragraph_language"]) == same
        ]
        assert len(recalls) == (3 if same else 6)
        assert fields[name]["r_at_1"] == pytest.approx(sum(recalls) / len(recalls))


def test_core_is_right_where_it_holds_the_answer(tmp_path: Path) -> None:
    directory = write_xquad(tmp_path)
    source = "xquad-r/en/Library/0"
    with open_xquad(directory, ["en"], FakeEncoder(), tmp_path) as material:
        question = material.questions[0]
        asked = replace(question, question="The library lends books, five?")
        text = ARTICLES["en"]["Library"][0][0]

        found = [
            judge(material.searcher, asked, answers={source: text.index(answer)}).core_right
            for answer in ("five", "nine")
        ]

    assert found == [True, False]


def test_files_that_are_not_parallel_are_refused(tmp_path: Path) -> None:
    directory = write_xquad(tmp_path)
    path = directory / "ru.json"
    written = json.loads(path.read_bytes())
    del written["data"][1]
    path.write_text(json.dumps(written), encoding="utf-8")

    with pytest.raises(ReadingError, match="Border-0 is not in all of them"):
        evaluate_xquad(directory, ["en", "ru"], FakeEncoder(), tmp_path)


@pytest.mark.model
def test_sample_corpus_is_answered_in_most_cases(
    bundled_encoder: SentenceEncoder, cache_dir: Path
) -> None:
    with open_sample(bundled_encoder, cache_dir) as material:
        found = evaluate(material).as_json()["overall"]

    assert found["questions"] == len(material.questions)
    assert found["r_at_10"] > 0.85
    assert found["abstention_auc"] > 0.75


@pytest.mark.model
def test_slice_of_xquad_is_found_in_both_directions(
    bundled_encoder: SentenceEncoder, cache_dir: Path, shared: Path, tmp_path: Path
) -> None:
    for language in ("en", "ru"):
        whole = json.loads((shared / f"eval/xquad-r/{language}.json").read_bytes())
        whole["data"] = whole["data"][:4]
        (tmp_path / f"{language}.json").write_text(json.dumps(whole), encoding="utf-8")

    found = evaluate_xquad(tmp_path, ["en", "ru"], bundled_encoder, cache_dir).as_json()

    assert found["same_language"]["r_at_1"] > 0.9
    assert found["cross_language"]["r_at_1"] > 0.8
    assert found["overall"]["mean_average_precision"] > 0.8
    assert found["overall"]["abstention_auc"] > 0.9
