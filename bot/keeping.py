"""Changes of the corpus from the chat: the store and the index move together.

Every method is synchronous and ends only when what it changed is found, or is found no more.
Handlers call them by `Context.in_keeping`, one after the other, so that two moderators who
press the same button do it once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Unpack

from corpus.ingest import ingest

if TYPE_CHECKING:
    from bot.records.drafts import Drafts, StoredDraft
    from corpus.ingest import Ingested
    from corpus.models import Document, RawDocument
    from corpus.store import Metadata, Store
    from index.sync import PassageIndex


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a draft.

    Attributes:
        draft: Closed, with the revision that Undo takes back.
        document: As it is now.
        outcome: Whether it is new or took the place of an older content.
    """

    draft: StoredDraft
    document: Document
    outcome: Literal["added", "replaced"]


class Keeping:
    """Keeps the corpus.

    Attributes:
        store: The documents.
        index: What is searched.
    """

    def __init__(self, store: Store, index: PassageIndex, drafts: Drafts) -> None:
        self.store = store
        self.index = index
        self._drafts = drafts

    def publish(self, draft_id: str, by: str) -> Published:
        """Make a document of a draft; one from the same source is replaced.

        Raises:
            StaleDraftError: Somebody has decided on the draft already, or it is gone.
        """
        return self._publish(draft_id, by, None)

    def replace(self, draft_id: str, document_id: str, by: str) -> Published:
        """Put a draft's content in the place of a document's.

        Raises:
            StaleDraftError: Somebody has decided on the draft already, or it is gone.
            MissingError: There is no such document.
            ConflictError: Another document is from the draft's source.
        """
        return self._publish(draft_id, by, document_id)

    def _publish(self, draft_id: str, by: str, replaces: str | None) -> Published:
        stored = self._drafts.get_open(draft_id)
        draft = stored.draft
        old = self.store.find(draft.source)
        # The draft stayed open where the process died right after storing its document.
        if old is None or old.state != "live" or old.content_hash != draft.content_hash:
            document = self.store.save(draft, by, replaces=replaces)
        else:
            metadata: Metadata = {
                "title": draft.title,
                "published": draft.published,
                "url": draft.url,
            }
            document = self.store.edit(old.id, by, **metadata)
        # What was so before the draft came is not its doing, and not for its Undo to take back.
        last = self.store.history(document.id, limit=1)[0]
        revision = document.revision if last.at >= stored.at else None
        closed = self._drafts.close(
            draft_id, "published", by, document_id=document.id, revision=revision
        )
        self.index.sync()
        added = old is None and replaces is None
        return Published(closed, document, "added" if added else "replaced")

    def take_back(self, draft_id: str, by: str) -> StoredDraft:
        """Undo what became of a draft, and open it again.

        Raises:
            StaleDraftError: There is no such draft (any more).
            MissingError: Its document was purged.
            ConflictError: Its document was changed since.
        """
        draft = self._drafts.get(draft_id)
        if draft.revision is not None:
            self.undo(draft.revision, by)
        return self._drafts.reopen(draft_id)

    def ingest(self, raw: RawDocument, source: str, by: str) -> Ingested:
        """Bring a document straight in, if it is not there yet.

        Raises:
            ReadingError: Nothing is left of it that could be quoted.
        """
        ingested = ingest(self.store, raw, source, by)
        if ingested.outcome != "unchanged":
            self.index.sync()
        return ingested

    def edit(self, document_id: str, by: str, **metadata: Unpack[Metadata]) -> Document:
        """Change what is known of a document; see `Store.edit`.

        A title is part of what is embedded: that is made before the change, which a long
        document's readers would otherwise notice for seconds.
        """
        if "title" in metadata:
            content = self.store.content(document_id)
            self.index.embed_ahead(replace(content, title=metadata["title"]))
        return self._synced(self.store.edit(document_id, by, **metadata))

    def hide(self, document_id: str, by: str) -> Document:
        """Take a document out of sight for a while; see `Store.hide`."""
        return self._synced(self.store.hide(document_id, by))

    def show(self, document_id: str, by: str) -> Document:
        """Let a hidden document be found again; see `Store.show`."""
        return self._synced(self.store.show(document_id, by))

    def remove(self, document_id: str, by: str) -> Document:
        """Take a document out of the corpus; see `Store.remove`."""
        return self._synced(self.store.remove(document_id, by))

    def restore(self, document_id: str, by: str) -> Document:
        """Bring a removed document back; see `Store.restore`."""
        return self._synced(self.store.restore(document_id, by))

    def undo(self, revision: int, by: str) -> Document:
        """Take one change back; see `Store.undo`."""
        return self._synced(self.store.undo(revision, by))

    def _synced(self, document: Document) -> Document:
        self.index.sync()
        return document
