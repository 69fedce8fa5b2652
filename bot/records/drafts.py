"""Documents between their arrival and Publish. They outlive a restart."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from sqlalchemy import Row, delete, insert, select, update

from bot.errors import StaleDraftError
from bot.records import schema
from corpus.splitting import split
from corpus.store import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from corpus.database import Database

DraftState = Literal["open", "published", "discarded"]


class DraftMetadata(TypedDict, total=False):
    """What of a draft can be edited on its card."""

    title: str
    published: date | None
    url: str | None


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft with what became of it.

    Attributes:
        id: Eight hexadecimal digits; in a batch those of the batch and four more.
        draft: The content, ready to be stored in the corpus.
        by: The identity of who brought it.
        notes: What its reader remarked.
        replaces: The document that it is meant to replace; None where it is a new one.
        decided_by: The identity of who published or discarded it.
        document_id: The document that it became.
        revision: The corpus's revision that made it so: what Undo takes back.
    """

    id: str
    draft: Draft
    by: str
    at: datetime
    state: DraftState
    notes: tuple[str, ...]
    replaces: str | None
    decided_by: str | None
    document_id: str | None
    revision: int | None


@dataclass(frozen=True, slots=True)
class BatchedDraft:
    """What the card of many drafts shows of one."""

    id: str
    title: str
    state: DraftState


class Drafts:
    """The drafts of all moderators."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_batch(self, drafts: Sequence[tuple[Draft, tuple[str, ...]]], by: str) -> str:
        """Keep new drafts with their notes, to be decided on together; give the batch's id."""
        batch = secrets.token_hex(4)
        for number, (draft, notes) in enumerate(drafts):
            self.open(draft, by, notes, draft_id=f"{batch}{number:04}")
        return batch

    def batch(self, batch: str) -> list[BatchedDraft]:
        """The drafts of a batch, in their order; none where it is gone."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.drafts.c.id, schema.drafts.c.title, schema.drafts.c.state)
                .where(schema.drafts.c.id.like(f"{batch}____"))  # four digits for each
                .order_by(schema.drafts.c.id)
            )
            return [BatchedDraft(*row) for row in rows]

    def open(
        self,
        draft: Draft,
        by: str,
        notes: tuple[str, ...] = (),
        *,
        draft_id: str | None = None,
        replaces: str | None = None,
    ) -> StoredDraft:
        """Keep a new draft, which may be meant to replace a document."""
        draft_id = draft_id or secrets.token_hex(4)
        with self._database.writing() as connection:
            connection.execute(
                insert(schema.drafts).values(
                    id=draft_id,
                    by=by,
                    at=datetime.now(UTC),
                    state="open",
                    source=draft.source,
                    title=draft.title,
                    text=draft.text,
                    language=draft.language,
                    script=draft.script,
                    published=draft.published,
                    url=draft.url,
                    notes="\n".join(notes),
                    replaces=replaces,
                )
            )
        return self.get(draft_id)

    def get(self, draft_id: str) -> StoredDraft:
        """The draft with this id, whatever became of it.

        Raises:
            StaleDraftError: There is none (any more).
        """
        with self._database.reading() as connection:
            row = connection.execute(
                select(schema.drafts).where(schema.drafts.c.id == draft_id)
            ).first()
        if row is None:
            raise StaleDraftError(draft_id, "gone", None)
        return _draft_of(row)

    def get_open(self, draft_id: str) -> StoredDraft:
        """The draft with this id, if nobody has decided on it.

        Raises:
            StaleDraftError: It is published or discarded, or there is none.
        """
        draft = self.get(draft_id)
        if draft.state != "open":
            raise StaleDraftError(draft_id, draft.state, draft.decided_by)
        return draft

    def awaits(self, draft_id: str, title: str) -> bool:
        """Whether a draft is open, and bears this title still."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(schema.drafts.c.state, schema.drafts.c.title).where(
                    schema.drafts.c.id == draft_id
                )
            ).first()
        return row is not None and tuple(row) == ("open", title)

    def edit(self, draft_id: str, **metadata: Unpack[DraftMetadata]) -> StoredDraft:
        """Change what is known of an open draft.

        Raises:
            StaleDraftError: It is not open.
        """
        self._update_open(draft_id, **metadata)
        return self.get(draft_id)

    def close(
        self,
        draft_id: str,
        state: Literal["published", "discarded"],
        by: str,
        *,
        document_id: str | None = None,
        revision: int | None = None,
    ) -> StoredDraft:
        """Write down what became of an open draft.

        Raises:
            StaleDraftError: It is not open.
        """
        self._update_open(
            draft_id, state=state, decided_by=by, document_id=document_id, revision=revision
        )
        return self.get(draft_id)

    def reopen(self, draft_id: str) -> StoredDraft:
        """Make a published or discarded draft open again, as after Undo."""
        with self._database.writing() as connection:
            connection.execute(
                update(schema.drafts)
                .where(schema.drafts.c.id == draft_id)
                .values(state="open", decided_by=None, document_id=None, revision=None)
            )
        return self.get(draft_id)

    def forget_before(self, moment: datetime) -> int:
        """Delete drafts that are older than this; give their number."""
        with self._database.writing() as connection:
            return connection.execute(
                delete(schema.drafts).where(schema.drafts.c.at < moment)
            ).rowcount

    def _update_open(self, draft_id: str, **values: Any) -> None:  # noqa: ANN401  # columns
        with self._database.writing() as connection:
            changed = connection.execute(
                update(schema.drafts)
                .where(schema.drafts.c.id == draft_id, schema.drafts.c.state == "open")
                .values(**values)
            ).rowcount
        if not changed:
            self.get_open(draft_id)  # says what is wrong


def _draft_of(row: Row[Any]) -> StoredDraft:
    return StoredDraft(
        id=row.id,
        draft=Draft(
            source=row.source,
            title=row.title,
            text=row.text,
            language=row.language,
            script=row.script,
            published=row.published,
            url=row.url,
            passages=split(row.text),
        ),
        by=row.by,
        at=row.at,
        state=row.state,
        notes=tuple(row.notes.splitlines()),
        replaces=row.replaces,
        decided_by=row.decided_by,
        document_id=row.document_id,
        revision=row.revision,
    )
