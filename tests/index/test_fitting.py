"""Judged questions to a calibration."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.judged import JudgedQuestion
from index.calibration import SIGNAL_NAMES
from index.errors import ModelError
from index.figures import figures
from index.fitting import (
    FEWEST_EXAMPLES,
    MOST_FALSE_ANSWERS,
    Example,
    confidences_of,
    fit,
    gather_examples,
    outcomes,
)
from index.material import open_material
from tests.support.encoder import FakeEncoder

if TYPE_CHECKING:
    from pathlib import Path

ARTICLES = {
    "pesel": "PESEL is a number with eleven digits. The office of the commune gives it.",
    "school": "The Saturday school teaches Belarusian. Children come at ten in the morning.",
    "library": "The library lends books in six languages. A reader brings any document.",
}


def write_articles(directory: Path) -> Path:
    """A folder of the articles, one file each."""
    documents = directory / "documents"
    documents.mkdir()
    for name, text in ARTICLES.items():
        (documents / f"{name}.md").write_text(f"# {name}\n\n{text}\n")
    return documents


def make_example(
    strength: float,
    *,
    right: bool,
    answerable: bool,
    number: int = 0,
    material: str = "a",
    left_out: bool = False,
) -> Example:
    """The first signal is the strength; the others are the same for all."""
    return Example(
        question=JudgedQuestion(
            id=str(number), lang="en", question="?", answerable=answerable, docs=("a",)
        ),
        signals=(strength, *[1.0] * (len(SIGNAL_NAMES) - 1)),
        ranks=(1,) if right else (),
        left_out=left_out,
        material=material,
        group=str(number % 10),
    )


def make_examples(
    count: int, *, material: str = "a", apart: float = 2.0, seed: int = 1
) -> list[Example]:
    """Right hits whose strength is `apart` above that of wrong ones, on average."""
    random = np.random.default_rng(seed)
    return [
        make_example(
            float(random.normal(apart * right)),
            right=right,
            answerable=right,
            number=number,
            material=material,
        )
        for number in range(count)
        for right in (True, False)
    ]


def test_probabilities_are_those_that_the_signals_were_drawn_with() -> None:
    examples = make_examples(4000)

    calibration, _ = fit(examples, "m")

    # Two normal distributions of unit variance, 2 apart: the logit of the first is 2x - 2.
    others = sum(list(calibration.coefficients.values())[1:])
    assert calibration.coefficients[SIGNAL_NAMES[0]] == pytest.approx(2, abs=0.15)
    assert calibration.intercept + others == pytest.approx(-2, abs=0.15)
    assert calibration.model == "m"


def test_confidences_are_told_by_models_that_have_not_seen_the_subject() -> None:
    # One subject contradicts all others: to have seen it would help.
    examples = make_examples(200, apart=6.0)
    contrary = [
        replace(
            example,
            group="contrary",
            ranks=() if example.right else (1,),
            question=replace(example.question, answerable=not example.right),
        )
        for example in make_examples(20, apart=6.0, seed=2)
    ]

    _, confidences = fit([*examples, *contrary], "m")

    told = outcomes(contrary, confidences[len(examples) :], 0.5)
    auc = figures(told).abstention_auc
    assert auc is not None
    assert auc < 0.05


@given(apart=st.floats(0, 4), seed=st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_no_material_has_more_false_answers_than_it_may(apart: float, seed: int) -> None:
    materials = {
        "a": make_examples(40, apart=apart, seed=seed),
        "b": make_examples(200, material="b", apart=4 - apart, seed=seed + 1),
    }
    examples = [example for part in materials.values() for example in part]

    calibration, confidences = fit(examples, "m")

    for material in materials:
        of_it = [
            outcome
            for example, outcome in zip(
                examples, outcomes(examples, confidences, calibration.threshold), strict=True
            )
            if example.material == material
        ]
        false = figures(of_it).false_answer_rate
        assert false is not None
        assert false <= MOST_FALSE_ANSWERS


def test_the_threshold_is_no_higher_than_it_must_be() -> None:
    examples = make_examples(200)

    calibration, confidences = fit(examples, "m")

    def false_answers(threshold: float) -> list[float]:
        """Told by models that have not seen the subject, and by the one that is fitted."""
        both = confidences, confidences_of(examples, calibration)
        found = [figures(outcomes(examples, own, threshold)).false_answer_rate for own in both]
        return [rate for rate in found if rate is not None]

    assert max(false_answers(calibration.threshold)) == MOST_FALSE_ANSWERS
    assert max(false_answers(calibration.threshold - 2e-4)) > MOST_FALSE_ANSWERS


def test_questions_that_never_could_be_answered_set_the_threshold_where_there_are_enough() -> None:
    answerable = [example for example in make_examples(100) if example.right]
    real = [make_example(-1.0, right=False, answerable=False, number=n) for n in range(20)]
    left_out = [
        make_example(1.0, right=False, answerable=False, number=n, left_out=True) for n in range(50)
    ]

    enough, _ = fit([*answerable, *real, *left_out], "m")
    too_few, _ = fit([*answerable, *real[:-1], *left_out], "m")

    assert enough.threshold < too_few.threshold


def test_a_large_material_counts_no_more_than_a_small_one() -> None:
    small = make_examples(50, apart=3.0)
    large = make_examples(50, material="b", apart=1.0)

    once, _ = fit([*small, *large], "m")
    repeated, _ = fit([*small, *large * 20], "m")

    first = SIGNAL_NAMES[0]
    assert repeated.coefficients[first] == pytest.approx(once.coefficients[first], rel=1e-3)


def test_a_signal_that_is_always_the_same_has_no_say() -> None:
    calibration, _ = fit(make_examples(50), "m")

    assert [calibration.coefficients[name] for name in SIGNAL_NAMES[1:]] == [0.0] * (
        len(SIGNAL_NAMES) - 1
    )


def test_confidences_of_a_calibration_are_those_of_its_signals() -> None:
    examples = make_examples(30)
    calibration, _ = fit(examples, "m")

    confidences = confidences_of(examples, calibration)

    for example, confidence in zip(examples, confidences, strict=True):
        (alone,) = calibration.confidences(
            {name: [value] for name, value in zip(SIGNAL_NAMES, example.signals, strict=True)}
        )
        assert confidence == pytest.approx(float(alone))


@pytest.mark.parametrize(
    ("examples", "reason"),
    [
        ([], "0 questions that one of the first hits answers"),
        (make_examples(FEWEST_EXAMPLES - 1), "19 questions that one of the first hits answers"),
        (
            [example for example in make_examples(50) if example.right],
            "0 questions that cannot be answered",
        ),
        (
            [replace(example, group="one") for example in make_examples(50)],
            "1 subjects",
        ),
    ],
)
def test_too_few_examples_are_refused(examples: list[Example], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        fit(examples, "m")


def test_questions_are_asked_with_their_documents_and_without(tmp_path: Path) -> None:
    documents = write_articles(tmp_path)
    asked = [
        {
            "id": "1",
            "lang": "en",
            "question": "number with eleven digits",
            "answerable": True,
            "docs": ["pesel.md"],
        },
        {
            "id": "2",
            "lang": "en",
            "question": "office of the commune",
            "answerable": True,
            "must_contain": [["commune"]],
        },
        {"id": "3", "lang": "en", "question": "Saturday school", "answerable": False},
    ]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(map(json.dumps, asked)))
    progress: list[tuple[int, int]] = []

    with open_material(documents, questions, FakeEncoder(), tmp_path / "cache") as material:
        examples = gather_examples(
            material, progress=lambda done, total: progress.append((done, total))
        )

    assert [
        (
            example.question.id,
            example.question.answerable,
            example.right,
            example.left_out,
            example.group,
        )
        for example in examples
    ] == [
        ("1", True, True, False, "pesel.md"),
        ("1", False, False, True, "pesel.md"),
        ("2", True, True, False, "2"),
        ("3", False, False, False, "3"),
    ]
    assert all(len(example.signals) == len(SIGNAL_NAMES) for example in examples)
    assert progress == [(1, 3), (2, 3), (3, 3)]


def test_question_whose_second_hit_answers_is_answered(tmp_path: Path) -> None:
    documents = write_articles(tmp_path)
    questions = tmp_path / "questions.jsonl"
    asked = {
        "id": "1",
        "lang": "en",
        "question": f"{ARTICLES['school']} Books in six languages.",
        "answerable": True,
        "docs": ["library.md"],
    }
    questions.write_text(json.dumps(asked))

    with open_material(documents, questions, FakeEncoder(), tmp_path / "cache") as material:
        asked_whole, asked_without = gather_examples(material)

    assert (asked_whole.ranks, asked_whole.right) == ((2,), True)
    assert (asked_without.ranks, asked_without.right) == ((), False)


def test_all_documents_on_a_subject_are_left_out(tmp_path: Path) -> None:
    documents = write_articles(tmp_path)
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        "\n".join(
            json.dumps(
                {
                    "id": name,
                    "lang": "en",
                    "question": text,
                    "answerable": True,
                    "docs": [f"{name}.md"],
                }
            )
            for name, text in ARTICLES.items()
        )
    )

    with open_material(documents, questions, FakeEncoder(), tmp_path / "cache") as material:
        examples = gather_examples(material, group=lambda _: "everything")

    assert [example.left_out for example in examples] == [False, False, False]
