from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from corpus.splitting import split
from index.encoder import load_encoder
from training.answering import Drawing, combined, losses_of, neighbours_of, without_dubious
from training.authored import AuthoredDocument, AuthoredPassage, Question, read_authored
from training.development import measure
from training.model import E5
from training.run import Run
from training.train import save_joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.encoder import Embeddings, Tokens

RECORD = {
    "title": "Library cards",
    "lang": "en",
    "passages": [
        {
            "heading": heading,
            "text": text,
            "questions": [{"lang": "be", "q": "колькі каштуе картка"}],
            "near": [{"lang": "en", "q": "is there a reading room"}],
        }
        for heading, text in (
            ("Fees", "A card costs 3 euros. Children pay nothing."),
            ("", "Open."),
        )
    ],
}


def write(directory: Path, *records: object) -> Path:
    lines = [json.dumps(record) for record in records]
    (directory / "1.jsonl").write_text("\n".join(lines))
    return directory


def test_document_is_read_with_the_sentences_of_its_passages(tmp_path: Path) -> None:
    (document,) = read_authored(write(tmp_path, RECORD))
    fees, hours = document.passages
    assert fees.sentences == ("A card costs 3 euros.", "Children pay nothing.")
    assert hours.sentences == ("Open.",)
    assert fees.questions == (Question("колькі каштуе картка", "be"),)
    assert fees.under("Library cards", "Fees") == f"Library cards › Fees\n{fees.text}"
    assert fees.under("", "") == f"\n{fees.text}"


def test_two_passages_as_one_answer_what_either_answered(tmp_path: Path) -> None:
    (document,) = read_authored(write(tmp_path, RECORD))
    fees, hours = document.passages
    both = fees.joined_with(hours)
    assert both.heading == "Fees"
    assert both.text == f"{fees.text}\n\n{hours.text}"
    assert both.sentences == (*fees.sentences, *hours.sentences)
    assert both.questions == fees.questions + hours.questions
    assert both.near == fees.near + hours.near


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"lang": "fr"},
        {"passages": []},
        {"passages": [RECORD["passages"][0] | {"questions": []}] * 2},  # type: ignore[operator]  # a dict
        {"passages": [{"heading": ""}] * 2},
    ],
)
def test_line_that_is_not_as_it_should_be_is_named(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"1\.jsonl, line 2"):
        read_authored(write(tmp_path, RECORD, RECORD | wrong))


def test_what_is_shipped_is_whole_and_an_eighth_of_it_is_held_out() -> None:
    documents = read_authored()
    assert len({document.title for document in documents}) == len(documents)
    assert all(
        len(split(passage.text)) == 1 for document in documents for passage in document.passages
    )
    share = np.mean([document.is_held_out for document in documents])
    assert 0.08 < share < 0.18


def document(number: int, passages: int = 3) -> AuthoredDocument:
    return AuthoredDocument(
        f"title {number}",
        "en",
        tuple(
            AuthoredPassage(
                heading=f"heading {number}{place}",
                text=f"First {number}{place}. Second {number}{place}.",
                sentences=(f"First {number}{place}.", f"Second {number}{place}."),
                questions=tuple(Question(f"what is {number}{place}{q}", "en") for q in range(5)),
                near=(Question(f"who is {number}{place}", "en"),),
            )
            for place in range(passages)
        ),
    )


def test_same_step_draws_the_same_batch_whatever_was_drawn_before() -> None:
    documents = [document(number) for number in range(7)]
    drawing = Drawing(documents, seed=3)
    first = [drawing.draw(step, 4).texts for step in range(5)]
    assert Drawing(documents, seed=3).draw(4, 4).texts == first[4]
    assert Drawing(documents, seed=4).draw(4, 4).texts != first[4]


@pytest.mark.parametrize("neighbours", [None, [[(n + 3) % 6, (n + 1) % 6] for n in range(6)]])
def test_every_document_comes_once_before_any_comes_again(
    neighbours: list[list[int]] | None,
) -> None:
    drawing = Drawing([document(number) for number in range(6)], 0, neighbours)
    sentences = [text for step in range(3) for text in drawing.draw(step, 2).sentences]
    assert len(set(sentences)) == len(sentences) == 36


def test_document_comes_with_those_on_subjects_near_to_its_own() -> None:
    # Documents 0 to 3 are about one subject, and 4 to 7 about another.
    neighbours = [[n // 4 * 4 + (n + away) % 4 for away in (1, 2, 3)] for n in range(8)]
    drawing = Drawing([document(number, passages=1) for number in range(8)], 0, neighbours)
    for step in range(6):
        subjects = {int(text.split()[-1][0]) // 4 for text in drawing.draw(step, 4).passages}
        assert len(subjects) == 1


def test_neighbours_are_the_nearest_whatever_their_language() -> None:
    documents = [replace(document(n), language=("en", "be")[n % 2]) for n in range(6)]
    subjects = torch.eye(6)[[0, 0, 1, 1, 2, 2]]
    # All that is Belarusian lies a long way off.
    subjects[1::2, 5] = 9.0
    neighbours = neighbours_of(documents, subjects)
    assert [nearest[0] for nearest in neighbours] == [1, 0, 3, 2, 5, 4]
    assert all(sorted([n, *others]) == list(range(6)) for n, others in enumerate(neighbours))


def test_batch_says_which_passage_answers_and_whose_a_sentence_is() -> None:
    batch = Drawing([document(number, passages=2) for number in range(3)], seed=0).draw(0, 3)
    assert batch.sizes == [30, 6, 12]
    assert batch.is_answered.sum() == 24
    assert batch.documents.tolist() == [0, 0, 1, 1, 2, 2]
    assert batch.owners.tolist() == [row for row in range(6) for _ in range(2)]
    for text, row in zip(batch.sentences, batch.owners.tolist(), strict=True):
        assert text.removeprefix("passage: ") in batch.passages[row]


def test_two_passages_are_at_times_drawn_as_one_and_no_more_than_three() -> None:
    drawing = Drawing([document(number, passages=4) for number in range(40)], seed=0)
    batch = drawing.draw(0, 40)
    counts = np.bincount(batch.documents)
    assert set(counts) == {2, 3}
    assert 2 <= (counts == 2).sum() <= 15
    for text, row in zip(batch.sentences, batch.owners.tolist(), strict=True):
        assert text.removeprefix("passage: ") in batch.passages[row]


def test_score_is_half_the_passage_and_half_its_best_sentence() -> None:
    queries = torch.tensor([[1.0, 0.0]])
    passages = torch.tensor([[0.6, 0.8], [1.0, 0.0]])
    sentences = torch.tensor([[0.0, 1.0], [0.8, 0.6], [-1.0, 0.0]])
    scores = combined(queries, passages, sentences, torch.tensor([0, 0, 1]))
    assert scores[0].tolist() == pytest.approx([0.7, 0.0])


# Two passages of one document and one of another; an answered query and a near one of each.
ANSWERS = torch.tensor([0, 0, 1, 1, 2, 2])
IS_ANSWERED = torch.tensor([True, False] * 3)
DOCUMENTS = torch.tensor([0, 0, 1])
GOOD = torch.tensor(
    [
        [0.9, 0.2, 0.2],
        [0.4, 0.2, 0.2],
        [0.2, 0.9, 0.2],
        [0.2, 0.4, 0.2],
        [0.2, 0.2, 0.9],
        [0.2, 0.2, 0.4],
    ]
)


def test_losses_are_next_to_nothing_where_answers_lie_far_above_all_else() -> None:
    losses = losses_of(GOOD, ANSWERS, IS_ANSWERED, DOCUMENTS)
    assert all(loss.item() == pytest.approx(0, abs=1e-5) for loss in losses.values())


@pytest.mark.parametrize(
    ("row", "column", "worse"),
    [
        (0, 1, {"passages", "questions"}),
        (1, 0, {"questions", "near"}),
        (0, 2, {"passages", "questions", "level"}),
    ],
)
def test_each_loss_rises_with_what_it_is_about(row: int, column: int, worse: set[str]) -> None:
    scores = GOOD.clone()
    scores[row, column] = 0.95
    losses = losses_of(scores, ANSWERS, IS_ANSWERED, DOCUMENTS)
    assert {name for name, loss in losses.items() if loss > 0.1} == worse


def test_passage_of_another_document_that_may_answer_is_no_rival() -> None:
    scores = GOOD.clone()
    scores[0] = torch.tensor([0.9, 0.97, 0.97])  # a sibling never answers
    scores[2] = torch.tensor([0.2, 0.9, 0.92])  # too near to tell
    kept = without_dubious(scores, ANSWERS, IS_ANSWERED, DOCUMENTS)
    assert kept[0].tolist() == pytest.approx([0.9, 0.97, -1])
    assert kept[2].tolist() == pytest.approx([0.2, 0.9, 0.92])
    assert kept[1].tolist() == pytest.approx([0.4, 0.2, -1])  # another document may know


@pytest.fixture
def adapters(tmp_path: Path) -> tuple[Path, Path]:
    torch.manual_seed(0)
    paths = (tmp_path / "first.safetensors", tmp_path / "second.safetensors")
    for path in paths:
        factors = {"l0.q.a": torch.randn(2, 6).half(), "l0.q.b": torch.randn(5, 2).half()}
        save_file(factors, path)
    return paths


def product(path: Path) -> torch.Tensor:
    factors = load_file(path)
    return factors["l0.q.b"].float() @ factors["l0.q.a"].float()


def test_joined_adapter_adds_the_first_and_a_share_of_the_second(
    adapters: tuple[Path, Path],
) -> None:
    target = adapters[0].with_name("joined.safetensors")
    save_joined([adapters], target, share=0.5, rank=4)
    expected = product(adapters[0]) + 0.5 * product(adapters[1])
    torch.testing.assert_close(product(target), expected, rtol=1e-2, atol=1e-2)


def test_joined_adapter_of_several_runs_is_their_mean(adapters: tuple[Path, Path]) -> None:
    target = adapters[0].with_name("joined.safetensors")
    save_joined([adapters, adapters[::-1]], target, share=0.0, rank=4)
    expected = (product(adapters[0]) + product(adapters[1])) / 2
    torch.testing.assert_close(product(target), expected, rtol=1e-2, atol=1e-2)


def test_joined_adapter_of_less_rank_is_nearest_to_the_sum(adapters: tuple[Path, Path]) -> None:
    target = adapters[0].with_name("joined.safetensors")
    save_joined([adapters], target, share=1.0, rank=3)
    expected = product(adapters[0]) + product(adapters[1])
    left_out = torch.linalg.svdvals(expected)[3:].norm()
    assert (product(target) - expected).norm().item() == pytest.approx(left_out.item(), rel=0.02)
    assert load_file(target)["l0.q.a"].shape == (3, 6)


class Student(E5):
    """One factor to train, for what has nothing to do with the model."""

    def __init__(self) -> None:
        torch.nn.Module.__init__(self)
        self.factor = torch.nn.Parameter(torch.zeros(2))

    def adapter(self) -> dict[str, torch.Tensor]:
        return {"factor": self.factor.detach()}


def take(run: Run, student: Student, steps: Sequence[int]) -> None:
    for step in steps:
        run.take(step, (student.factor - 1).square().sum(), {"loss": 1.0})


def test_run_that_was_stopped_ends_where_one_that_was_not_ends(tmp_path: Path) -> None:
    whole = Student()
    take(Run(tmp_path / "whole", whole, 40, 0.1), whole, range(40))
    stopped = Student()
    take(Run(tmp_path / "stopped", stopped, 40, 0.1), stopped, range(35))
    again = Student()
    run = Run(tmp_path / "stopped", again, 40, 0.1)
    assert run.first == 30
    take(run, again, range(run.first, 40))
    torch.testing.assert_close(again.factor, whole.factor)
    assert sorted(path.name for path in (tmp_path / "whole").glob("adapter-*")) == [
        f"adapter-{step:05}.safetensors" for step in (10, 20, 30, 40)
    ]


def test_parameter_named_as_faster_moves_as_many_times_as_far(tmp_path: Path) -> None:
    student = Student()
    student.other = torch.nn.Parameter(torch.zeros(2))
    run = Run(tmp_path, student, 40, 0.1, {"other": 3.0})
    run.take(0, (student.factor - 1).square().sum() + (student.other - 1).square().sum(), {})
    torch.testing.assert_close(student.factor.detach(), torch.full((2,), run.rate(0)))
    torch.testing.assert_close(student.other.detach(), torch.full((2,), 3 * run.rate(0)))


class Letters:
    """Embeds a text by the digits in it: computable by hand."""

    name = "letters"
    dim = 10
    token_dim = 0

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        counts = np.array(
            [[text.count(str(digit)) + 0.01 for digit in range(10)] for text in texts]
        )
        return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), np.float32)

    encode_passages = encode_queries

    def read_queries(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        return self.encode_queries(texts), [np.empty((0, 0), np.float32) for _ in texts]

    read_passages = read_queries


def test_development_figures_of_a_model_that_finds_everything() -> None:
    numbered = [
        AuthoredDocument(
            "title",
            "en",
            tuple(
                AuthoredPassage(
                    "", f"{n}.", (f"{n}.",), (Question(f"{n}", "en"),), (Question("9", "en"),)
                )
                for n in pair
            ),
        )
        for pair in ((0, 1), (2, 3))
    ]
    assert measure(Letters(), numbered) == {
        "siblings": 1.0,
        "all": 1.0,
        "auc": 1.0,
        "auc_siblings": 1.0,
    }
    swapped = [
        replace(
            one,
            passages=(replace(one.passages[0], text=f"{n}", sentences=(f"{n}",)), one.passages[1]),
        )
        for one, n in zip(numbered, (2, 0), strict=True)
    ]
    assert measure(Letters(), swapped)["all"] == 0.5


@pytest.mark.model
def test_bundled_model_knows_what_answers_the_questions_that_are_held_out(cache_dir: Path) -> None:
    held_out = [one for one in read_authored() if one.is_held_out]
    before = measure(load_encoder("bundled-plain", cache_dir), held_out[:12])
    after = measure(load_encoder("bundled", cache_dir), held_out[:12])
    assert after["all"] > before["all"] + 0.1
    assert after["auc"] > before["auc"]
