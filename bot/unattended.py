"""Documents that come and go by themselves, and never against a moderator's word.

To be called by `Context.in_keeping`, as everything that changes the corpus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.ingest import Ingested, make_draft

if TYPE_CHECKING:
    from bot.keeping import Keeping
    from corpus.models import Document, RawDocument


def ingest_unattended(keeping: Keeping, raw: RawDocument, source: str, by: str) -> Ingested:
    """Bring in what a channel or a feed has, new or changed.

    What somebody removed or hid stays so, and where the text is the same, what moderators wrote
    about it stays too.

    Args:
        keeping: Changes the corpus.
        raw: What was read.
        source: Where it came from.
        by: The identity of the channel or the feed.

    Returns:
        What was done: "unchanged" where the document stays as it is.

    Raises:
        ReadingError: Nothing is left of it that could be quoted.
    """
    draft = make_draft(raw, source)
    store = keeping.store
    known = store.find(draft.source) or store.find_content(draft.content_hash)
    if known is not None:
        if known.state == "live" and known.content_hash == draft.content_hash:
            return Ingested(source, "unchanged", known)
        if known.state != "live" and not _is_last_word(keeping, known, by):
            return Ingested(source, "unchanged", known)
    return keeping.ingest(raw, source, by)


def withdraw_unattended(keeping: Keeping, source: str, by: str) -> None:
    """Remove what is not there any more at its source; `ingest_unattended` may bring it back."""
    document = keeping.store.find(source)
    if document is not None and document.state == "live":
        keeping.remove(document.id, by)


def _is_last_word(keeping: Keeping, document: Document, by: str) -> bool:
    """Whether the last change of a document was made by this channel or feed."""
    changes = keeping.store.history(document.id, limit=1)
    return bool(changes) and changes[0].by == by
