"""The main job: real documents in, verbatim answers out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Program

pytestmark = pytest.mark.model

ARTICLE = "real/000_7ba2dbd60e781874.txt"
JUNK = ("Shutterstock", "hours ago", "Read Entire", "ESPN", "@Tsihanouskaya/X", "JuneReuters")


@pytest.fixture(scope="module")
def article(module_program: Program, shared: Path) -> Program:
    """A corpus of nothing but a real article, as a scraper delivered it."""
    done = module_program.run("add", str(shared / ARTICLE))
    assert done.returncode == 0, done.stderr
    return module_program


@pytest.fixture(scope="module")
def confidence_without_answer(article: Program) -> float:
    """How sure it is of a question that the article has nothing to do with."""
    confidence: float = article.ask("Як спячы бульбяны пірог?")["confidence"]
    return confidence


@pytest.mark.parametrize(
    ("question", "needle"),
    [
        ("Хто з вызваленых адмовіўся выязджаць з Беларусі?", "refused to cross into Lithuania"),
        ("What parts of the sanctions were lifted?", "sanctions on"),
        ("Ile osób zwolniono?", "52"),
        ("Сколько политзаключенных остается в тюрьме?", "more than 1,000 political prisoners"),
    ],
)
def test_right_passage_of_a_real_article_is_first_and_verbatim(
    article: Program, question: str, needle: str, confidence_without_answer: float
) -> None:
    answer = article.ask(question)

    best = answer["hits"][0]
    done = article.run("documents", "show", "--json", best["document"]["id"])
    text = json.loads(done.stdout)["text"]
    assert answer["confidence"] > 10 * confidence_without_answer
    assert needle in best["text"] or (needle == "52" and "Fifty-two" in best["text"])
    assert best["text"] == text[best["start"] : best["end"]]
    sentence = best["sentence"]
    assert sentence["text"] == text[sentence["start"] : sentence["end"]]


def test_no_junk_of_the_scraper_is_in_any_passage(article: Program) -> None:
    answer = article.ask("Belarus", k=100)

    assert len(answer["hits"]) >= 5
    for hit in answer["hits"]:
        assert [junk for junk in JUNK if junk in hit["text"]] == []


def test_question_that_the_article_does_not_answer_is_not_answered(article: Program) -> None:
    answer = article.ask("Як спячы бульбяны пірог?")

    assert not answer["answered"]
    assert answer["hits"]


def test_real_guide_goes_in_whole_and_answers(program: Program, shared: Path) -> None:
    done = program.run("add", "--json", str(shared / "eval" / "guide" / "docs"))

    report = json.loads(done.stdout)
    assert (done.returncode, report["added"], report["failed"]) == (0, 76, 0)
    answer = program.ask("jak zrabić pesel biez mieldunku")
    assert answer["language"] == "be"
    assert answer["answered"]
    assert answer["hits"][0]["document"]["source"].endswith(("pesel.md", "pesel.en.md"))


def test_lines_of_standard_input_are_answered(article: Program) -> None:
    done = article.run("chat", standard_input="Ile osób zwolniono?\n+\n/quit\nnot asked\n")

    assert done.returncode == 0
    assert done.stdout.count("Belarus frees political prisoners") == 2
