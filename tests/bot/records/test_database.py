"""The bot's own database is opened, migrated, and remembers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.errors import StaleDraftError
from bot.records import schema
from bot.records.database import MIGRATIONS, Records
from bot.records.moderators import identity, user_id_of
from bot.records.prompts import Prompt
from corpus.database import Database
from corpus.splitting import split
from corpus.store import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "Пашпарт мяняюць у Вільні. Гэта бясплатна і хутка, калі ёсць усе паперы."


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "bot.db")
    yield records
    records.close()


def draft(title: str = "Пашпарт") -> Draft:
    return Draft(
        source="upload/1f2e3d4c/passport.md",
        title=title,
        text=TEXT,
        language="be",
        script="Cyrl",
        published=date(2025, 9, 11),
        url="https://example.org/",
        passages=split(TEXT),
    )


def test_migrations_make_exactly_the_tables_of_the_schema(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "bot.db", MIGRATIONS)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, schema.metadata) == []
    database.close()


def test_draft_outlives_a_restart(tmp_path: Path) -> None:
    first = Records.open(tmp_path / "bot.db")
    kept = first.drafts.open(draft(), "telegram:901", ("read as windows-1251", "two columns"))
    first.close()

    second = Records.open(tmp_path / "bot.db")

    assert second.drafts.get(kept.id) == kept
    assert kept.draft == draft()
    assert kept.notes == ("read as windows-1251", "two columns")
    second.close()


def test_draft_is_decided_on_once(records: Records) -> None:
    kept = records.drafts.open(draft(), "telegram:901")
    closed = records.drafts.close(
        kept.id, "published", "telegram:902", document_id="d1", revision=7
    )
    assert (closed.state, closed.decided_by, closed.revision) == ("published", "telegram:902", 7)
    with pytest.raises(StaleDraftError) as refused:
        records.drafts.close(kept.id, "discarded", "telegram:901")
    assert (refused.value.state, refused.value.by) == ("published", "telegram:902")
    with pytest.raises(StaleDraftError):
        records.drafts.edit(kept.id, title="Іншы")
    assert records.drafts.reopen(kept.id) == kept
    assert records.drafts.edit(kept.id, title="Іншы", url=None).draft.title == "Іншы"


def test_draft_that_there_is_not_is_gone(records: Records) -> None:
    with pytest.raises(StaleDraftError) as refused:
        records.drafts.get_open("00000000")
    assert (refused.value.state, refused.value.by) == ("gone", None)


def test_old_drafts_are_forgotten(records: Records) -> None:
    kept = records.drafts.open(draft(), "telegram:901")
    assert records.drafts.forget_before(datetime.now(UTC) - timedelta(days=1)) == 0
    assert records.drafts.forget_before(datetime.now(UTC) + timedelta(days=1)) == 1
    with pytest.raises(StaleDraftError):
        records.drafts.get(kept.id)


def test_prompt_is_found_by_its_message_until_it_is_settled(records: Records) -> None:
    prompt = Prompt(chat_id=-5, message_id=7, subject="dr:title:1f2e3d4c", card_id=None)
    records.prompts.ask(prompt)
    assert records.prompts.find(-5, 7) == prompt
    assert records.prompts.find(5, 7) is None
    assert records.prompts.latest(-5, datetime.now(UTC) - timedelta(minutes=1)) == prompt
    assert records.prompts.latest(-5, datetime.now(UTC) + timedelta(minutes=1)) is None
    records.prompts.settle(-5, 7)
    assert records.prompts.find(-5, 7) is None


def test_prompts_that_nobody_replied_to_are_forgotten(records: Records) -> None:
    records.prompts.ask(Prompt(-5, 7, "dr:add", None))
    records.prompts.forget_before(datetime.now(UTC) + timedelta(minutes=1))
    assert records.prompts.find(-5, 7) is None


def test_moderator_is_named_and_dismissed_once(records: Records) -> None:
    moderators = records.moderators
    assert moderators.name_moderator(901, "Maryna", by=900)
    assert not moderators.name_moderator(901, "Maryna", by=900)
    assert moderators.is_named(901)
    assert moderators.dismiss(901)
    assert not moderators.dismiss(901)
    assert not moderators.is_named(901)
    assert moderators.named() == []


def test_name_stays_known_after_the_dismissal(records: Records) -> None:
    records.moderators.name_moderator(901, "901", by=900)
    records.moderators.remember(901, "Maryna", "be")
    records.moderators.dismiss(901)
    assert records.moderators.name(identity(901)) == "Maryna"
    assert records.moderators.name(identity(902)) == "telegram:902"
    assert records.moderators.name("operator") == "operator"


def test_whoever_is_remembered_is_not_named_by_it(records: Records) -> None:
    records.moderators.remember(901, "Maryna", None)
    assert not records.moderators.is_named(901)
    assert records.moderators.name_moderator(901, "ignored", by=900)
    assert [moderator.name for moderator in records.moderators.named()] == ["Maryna"]


@pytest.mark.parametrize(
    ("text", "user_id"),
    [("telegram:901", 901), ("telegram:", None), ("telegram:-1", None), ("operator", None)],
)
def test_identity_means_a_user_only_where_it_is_one(text: str, user_id: int | None) -> None:
    assert user_id_of(text) == user_id
