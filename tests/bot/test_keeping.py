"""Whatever moderators do, the index is what the store says, and all of it can be taken back."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.errors import StaleDraftError
from bot.keeping import Keeping
from bot.records.database import Records
from corpus.database import Database
from corpus.errors import ConflictError
from corpus.passages import PassageStore
from corpus.splitting import split
from corpus.store import Draft, Store
from index.sync import PassageIndex
from tests.support.encoder import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.moderated import Backing

ANN, BEN = "telegram:901", "telegram:902"
SUBJECTS = ("пашпарт", "школа", "падатак", "урач", "кватэра", "аўтобус")


def draft(subject: int, version: int, source: str | None = None) -> Draft:
    """A document of one passage for each version so far, so that versions share passages."""
    word = SUBJECTS[subject]
    text = "\n\n".join(
        f"# Частка {part}\n\nТут напісана, што {word} мае нумар {part} і яго даюць у горадзе "
        f"штодня, акрамя святаў. Хто спазніўся на {part} дзён, прыходзіць зноў і піша заяву."
        for part in range(version + 1)
    )
    return Draft(
        source=source or f"upload/{subject}/{word}.md",
        title=f"{word} {version}",
        text=text,
        language="be",
        script="Cyrl",
        published=None,
        url=None,
        passages=split(text),
    )


@pytest.fixture
def keeping(backing: Backing) -> Keeping:
    return backing.keeping


def found_ids(keeping: Keeping) -> list[int]:
    return sorted(int(passage_id) for passage_id in keeping.index.snapshot.vectors.ids)


def live_ids(keeping: Keeping) -> list[int]:
    return keeping.index.passages.passage_ids()[1]


def test_published_draft_is_found_when_publish_ends(backing: Backing, keeping: Keeping) -> None:
    kept = backing.records.drafts.open(draft(0, 1), ANN)
    published = keeping.publish(kept.id, BEN)
    assert published.outcome == "added"
    assert found_ids(keeping) == live_ids(keeping) != []
    assert published.draft.decided_by == BEN
    assert published.draft.revision == published.document.revision


def test_draft_is_published_once(backing: Backing, keeping: Keeping) -> None:
    kept = backing.records.drafts.open(draft(0, 1), ANN)
    keeping.publish(kept.id, ANN)
    with pytest.raises(StaleDraftError) as refused:
        keeping.publish(kept.id, BEN)
    assert (refused.value.state, refused.value.by) == ("published", ANN)
    assert len(backing.store.history()) == 1


def test_publish_after_a_kill_between_its_steps_stores_nothing_twice(
    backing: Backing, keeping: Keeping
) -> None:
    kept = backing.records.drafts.open(draft(0, 1), ANN)
    backing.store.save(kept.draft, ANN)  # and there the process died
    published = keeping.publish(kept.id, ANN)
    assert len(backing.store.history()) == 1
    assert found_ids(keeping) == live_ids(keeping) != []
    assert published.draft.revision == 1


def test_taking_back_a_replacement_brings_the_old_text_and_opens_the_draft(
    backing: Backing, keeping: Keeping
) -> None:
    first = keeping.publish(backing.records.drafts.open(draft(0, 1), ANN).id, ANN).document
    newer = backing.records.drafts.open(draft(0, 2, "https://new.org/"), ANN)
    replaced = keeping.replace(newer.id, first.id, BEN)
    assert (replaced.outcome, replaced.document.id) == ("replaced", first.id)

    reopened = keeping.take_back(newer.id, ANN)

    assert reopened.state == "open"
    assert backing.store.text(first.id) == draft(0, 1).text
    assert found_ids(keeping) == live_ids(keeping)


def test_taking_back_what_was_changed_since_leaves_the_draft_closed(
    backing: Backing, keeping: Keeping
) -> None:
    kept = backing.records.drafts.open(draft(0, 1), ANN)
    document = keeping.publish(kept.id, ANN).document
    keeping.edit(document.id, BEN, title="Іншы")
    with pytest.raises(ConflictError):
        keeping.take_back(kept.id, ANN)
    assert backing.records.drafts.get(kept.id).state == "published"


class TwoModerators(RuleBasedStateMachine):
    """Two moderators at work on one corpus."""

    databases: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        for name in ("corpus.db", "bot.db"):
            shutil.copy(self.databases / name, self.directory / name)
        self.database = Database.open(self.directory / "corpus.db")
        self.records = Records.open(self.directory / "bot.db")
        self.store = Store(self.database)
        index = PassageIndex(PassageStore(self.database), FakeEncoder(), self.directory / "index")
        self.keeping = Keeping(self.store, index, self.records.drafts)
        self.drafts: list[str] = []
        self.first: list[Any] = []

    @initialize()
    def begin(self) -> None:
        for subject in range(2):
            self.keeping.publish(self.records.drafts.open(draft(subject, 1), ANN).id, ANN)
        self.first = self.state()
        self.before = self.store.revision()

    def state(self) -> list[Any]:
        return sorted(
            (found.id, found.title, found.source, found.published, found.check_by, text)
            for found in self.store.documents()
            for text in [self.store.text(found.id)]
        )

    who = st.sampled_from([ANN, BEN])
    which = st.integers(0, 5)

    @rule(by=who, subject=which, version=st.integers(0, 3), uploaded=st.booleans())
    def bring(self, by: str, subject: int, version: int, *, uploaded: bool) -> None:
        source = f"upload/{len(self.drafts)}/x.md" if uploaded else None
        self.drafts.append(self.records.drafts.open(draft(subject, version, source), by).id)

    @rule(by=who, which=which)
    def publish(self, by: str, which: int) -> None:
        if self.drafts:
            with_conflicts_refused(
                self.keeping.publish, self.drafts[-1 - which % len(self.drafts)], by
            )

    @rule(by=who, which=which, document=which)
    def replace(self, by: str, which: int, document: int) -> None:
        if self.drafts and (known := self.document(document)):
            chosen = self.drafts[-1 - which % len(self.drafts)]
            with_conflicts_refused(self.keeping.replace, chosen, known, by)

    @rule(by=who, which=which)
    def discard(self, by: str, which: int) -> None:
        if self.drafts:
            chosen = self.drafts[-1 - which % len(self.drafts)]
            with_conflicts_refused(self.records.drafts.close, chosen, "discarded", by)

    @rule(by=who, which=which)
    def take_back(self, by: str, which: int) -> None:
        if self.drafts:
            chosen = self.drafts[-1 - which % len(self.drafts)]
            with_conflicts_refused(self.keeping.take_back, chosen, by)

    @rule(by=who, document=which, title=st.sampled_from(["Новы", "Стары", "Іншы"]))
    def edit(self, by: str, document: int, title: str) -> None:
        if known := self.document(document):
            self.keeping.edit(known, by, title=title, check_by=date(2027, 1, 1 + len(title)))

    @rule(by=who, document=which, action=st.sampled_from(["hide", "show", "remove", "restore"]))
    def change_state(self, by: str, document: int, action: str) -> None:
        if known := self.document(document):
            getattr(self.keeping, action)(known, by)

    @rule(by=who, back=st.integers(0, 8))
    def undo(self, by: str, back: int) -> None:
        changes = self.store.history(limit=back + 1)
        if len(changes) > back and changes[back].revision > self.before:
            with_conflicts_refused(self.keeping.undo, changes[back].revision, by)

    def document(self, number: int) -> str | None:
        known = self.store.documents("live", "hidden", "removed")
        return known[number % len(known)].id if known else None

    @invariant()
    def index_holds_what_the_store_says(self) -> None:
        assert found_ids(self.keeping) == live_ids(self.keeping)
        assert sorted(self.keeping.index.snapshot.lexical.ids()) == live_ids(self.keeping)

    def teardown(self) -> None:
        try:
            for change in self.store.history():
                if change.revision > self.before and not change.undone and not change.undoes:
                    self.keeping.undo(change.revision, BEN)
            assert self.state() == self.first
            assert self.keeping.index.problems() == []
        finally:
            self.keeping.index.close()
            self.records.close()
            self.database.close()
            shutil.rmtree(self.directory)


def with_conflicts_refused(call: Any, *arguments: Any) -> None:
    try:
        call(*arguments)
    except (ConflictError, StaleDraftError):
        return


@pytest.fixture(scope="module", autouse=True)
def databases(empty_databases: Path) -> Iterator[None]:
    TwoModerators.databases = empty_databases
    yield
    del TwoModerators.databases


TestTwoModerators = TwoModerators.TestCase
TestTwoModerators.settings = settings(
    max_examples=20,
    stateful_step_count=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # A failure is told as it is found: to make it smaller takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
