"""`daviedka feedback`: judgements become questions that `eval` reads."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from bot.commands.feedback import Exported, judged_questions
from bot.records.database import Records
from bot.records.judgements import Judgement
from corpus.database import Database
from corpus.judged import JudgedQuestion, read_questions
from corpus.store import Store
from tests.support.drafts import make_draft
from tests.support.encoder import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.models import Document
    from tests.support.moderated import Backing

LENT = "The library lends five books for four weeks."
PAPERS = "No papers are asked for."
FAIR = "The book fair opens in May."
QUESTION = "How many books does the library lend?"
MONDAY = date(2026, 11, 23)


def judge(document: Document, quote: str = LENT, **fields: Any) -> Judgement:
    judgement = Judgement(
        day=MONDAY,
        kind="button",
        verdict=1,
        question=QUESTION,
        language="en",
        document_id=document.id,
        source=document.source,
        quote=quote,
    )
    return replace(judgement, **fields)


@pytest.fixture
def library(backing: Backing) -> Document:
    return backing.add(f"{LENT} {PAPERS}", title="Library", source="/srv/guide/library.md")


@pytest.fixture
def fair(backing: Backing) -> Document:
    return backing.add(FAIR, title="Fair", source="https://example.org/fair")


def test_question_goes_in_with_the_document_and_the_quote(
    backing: Backing, library: Document
) -> None:
    exported = judged_questions([judge(library)], backing.store, 1)
    (question,) = exported.questions
    assert exported == Exported((question,), 0, 0, 0)
    assert question == JudgedQuestion(
        id=question.id,
        lang="en",
        question=QUESTION,
        answerable=True,
        docs=("guide/library.md", f"documents/{library.id}.md"),
        must_contain=((LENT,),),
    )
    assert question.is_right(library.source, f"{LENT} {PAPERS}")


def test_passages_that_answer_one_question_are_alternatives(
    backing: Backing, library: Document, fair: Document
) -> None:
    judgements = [judge(library), judge(fair, FAIR), judge(library, question=QUESTION.lower())]
    (question,) = judged_questions(judgements, backing.store, 1).questions
    assert question.must_contain == ((LENT, FAIR),)
    assert question.is_right(library.source, LENT)
    assert question.is_right(fair.source, FAIR)
    assert not question.is_right(library.source, PAPERS)


@pytest.mark.parametrize(
    ("judged", "least", "answers"),
    [
        ([("button", 1)], 1, True),
        ([("button", -1)], 1, False),
        ([("button", 1), ("reaction", -1)], 1, False),
        ([("button", 1), ("reaction", 1), ("button", -1)], 1, True),
        ([("chosen", 1)], 1, False),
        ([("chosen", 1), ("chosen", 1)], 1, True),
        ([("chosen", 1), ("chosen", 1), ("button", -1)], 1, False),
        ([("button", 1)], 2, False),
        ([("button", 1), ("reaction", 1)], 2, True),
    ],
)
def test_verdicts_on_one_passage_are_summed(
    backing: Backing,
    library: Document,
    judged: list[tuple[Any, Any]],
    least: int,
    *,
    answers: bool,
) -> None:
    judgements = [judge(library, kind=kind, verdict=verdict) for kind, verdict in judged]
    exported = judged_questions(judgements, backing.store, least)
    assert (len(exported.questions), exported.rejected) == ((1, 0) if answers else (0, 1))


def test_judgements_without_a_question_are_counted(backing: Backing, library: Document) -> None:
    judgements = [judge(library, question="", language=""), judge(library)]
    exported = judged_questions(judgements, backing.store, 1)
    assert (len(exported.questions), exported.nameless) == (1, 1)


def test_what_no_live_document_says_any_more_is_left_out(
    backing: Backing, library: Document, fair: Document
) -> None:
    purged = backing.add("The court opens at nine.", title="Court")
    backing.keeping.remove(purged.id, "tests")
    backing.store.purge(purged.id, "tests")
    backing.keeping.hide(fair.id, "tests")
    judgements = [
        judge(purged, "The court opens at nine.", question="When does the court open?"),
        judge(fair, FAIR, question="When is the book fair?"),
        judge(library, "The library lends six books.", question="May I borrow books?"),
    ]
    assert judged_questions(judgements, backing.store, 1) == Exported((), 0, 0, 3)


def test_ids_are_the_same_in_every_export_and_differ(backing: Backing, library: Document) -> None:
    judgements = [judge(library), judge(library, PAPERS, question="Which papers are asked for?")]
    forwards = judged_questions(judgements, backing.store, 1).questions
    backwards = judged_questions(judgements[::-1], backing.store, 1).questions
    assert forwards == backwards[::-1]
    assert len({question.id for question in forwards}) == 2


@pytest.mark.parametrize(
    ("question", "language", "lang"),
    [
        ("Колькі кніг дае бібліятэка?", "be", "be"),
        ("Kolki knih daje biblijateka?", "be", "be-latn"),
        ("Ile książek pożycza biblioteka?", "pl", "pl"),
    ],
)
def test_belarusian_in_latin_script_is_named_so(
    backing: Backing, library: Document, question: str, language: Any, lang: str
) -> None:
    judgement = judge(library, question=question, language=language)
    (exported,) = judged_questions([judgement], backing.store, 1).questions
    assert exported.lang == lang


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's directories, and a model that needs no time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAVIEDKA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DAVIEDKA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("index.encoder.load_encoder", lambda *_, **__: FakeEncoder())
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture
def stored(operator: Path) -> Document:
    """A document in the operator's corpus."""
    database = Database.open(operator / "data" / "corpus.db")
    draft = make_draft(f"{LENT} {PAPERS}", title="Library", source="/srv/guide/library.md")
    document = Store(database).save(draft, "tests")
    database.close()
    return document


@contextmanager
def opened_records() -> Iterator[Records]:
    records = Records.open(Path("data/bot.db"))
    yield records
    records.close()


def keep(*judgements: Judgement) -> None:
    with opened_records() as records:
        for judgement in judgements:
            records.judgements.keep(judgement)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_eval_reads_what_was_exported(stored: Document) -> None:
    keep(judge(stored))
    assert run("export", "corpus").exit_code == 0

    done = run("feedback", "export", "judged.jsonl")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "1 judged questions written to judged.jsonl.\n"
    (question,) = read_questions(Path("judged.jsonl"))
    assert (question.question, question.must_contain) == (QUESTION, ((LENT,),))
    evaluated = run(
        "eval", "--questions", "judged.jsonl", "--documents", "corpus/documents", "--json"
    )
    assert evaluated.exit_code == 0, evaluated.output
    figures = json.loads(evaluated.stdout)["overall"]
    assert (figures["questions"], figures["answerable"], figures["r_at_1"]) == (1, 1, 1)


def test_what_is_left_out_is_counted_on_standard_error(stored: Document) -> None:
    keep(
        judge(stored),
        judge(stored, question="", language=""),
        judge(stored, PAPERS, verdict=-1),
        judge(stored, "Gone."),
    )
    done = run("feedback", "export", "judged.jsonl")
    assert done.stderr.splitlines() == [
        "left out: 1 without their question",
        "left out: 1 found not to answer, or not by enough people",
        "left out: 1 quote what no document says any more",
    ]
    assert len(read_questions(Path("judged.jsonl"))) == 1


def test_nothing_to_export_is_one_line_and_no_file(stored: Document) -> None:
    keep(judge(stored))
    done = run("feedback", "export", "judged.jsonl", "--min", "2")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("Error: there is nothing to export")
    assert not Path("judged.jsonl").exists()


def test_file_that_is_there_is_not_overwritten(stored: Document) -> None:
    keep(judge(stored))
    Path("judged.jsonl").write_text("mine", encoding="utf-8")
    done = run("feedback", "export", "judged.jsonl")
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert "judged.jsonl" in done.stderr
    assert Path("judged.jsonl").read_text(encoding="utf-8") == "mine"


def test_judgements_are_counted_by_kind(stored: Document) -> None:
    keep(
        judge(stored),
        judge(stored, verdict=-1),
        judge(stored, kind="chosen"),
        judge(stored, kind="reaction", question="", language=""),
    )
    done = run("feedback", "--json")
    assert json.loads(done.stdout) == {
        "judgements": 4,
        "without_question": 1,
        "button": {"for": 1, "against": 1},
        "reaction": {"for": 1, "against": 0},
        "chosen": {"for": 1, "against": 0},
    }
    lines = run("feedback").stdout.splitlines()
    assert [line.split() for line in lines[:4]] == [
        ["for", "against"],
        ["button", "1", "1"],
        ["reaction", "1", "0"],
        ["chosen", "1", "0"],
    ]
    assert lines[4].startswith("1 of them without a question")


@pytest.mark.usefixtures("operator")
def test_without_any_judgement_all_counts_are_zero() -> None:
    done = run("feedback", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["judgements"] == 0


def test_judgements_before_a_day_are_deleted(stored: Document) -> None:
    keep(judge(stored), judge(stored, day=date(2026, 11, 22)))
    done = run("feedback", "forget", "--before", "2026-11-23")
    assert (done.exit_code, done.stdout) == (0, "1 judgements deleted.\n")
    with opened_records() as records:
        assert records.judgements.all() == [judge(stored)]


def test_purged_document_takes_its_judgements_along(stored: Document) -> None:
    other = replace(judge(stored), document_id="0" * 16)
    keep(judge(stored), other)
    assert run("documents", "remove", stored.id).exit_code == 0
    with opened_records() as records:
        assert records.judgements.all() == [judge(stored), other]
    done = run("documents", "purge", stored.id, "--yes")
    assert done.exit_code == 0, done.output
    with opened_records() as records:
        assert records.judgements.all() == [other]


@pytest.mark.usefixtures("operator")
def test_day_that_is_none_is_wrong_usage() -> None:
    assert run("feedback", "forget", "--before", "soon").exit_code == 2
    assert run("feedback", "forget").exit_code == 2
