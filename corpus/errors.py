"""The exceptions of the corpus layer.

CorpusError
├── ReadingError       a file or page cannot be turned into text
├── FetchingError      an address gives no page
├── ExchangeError      an export cannot be written, or is none that can be imported
└── StoreError         the database cannot be opened, read or written
    ├── MissingError   there is no such document
    └── ConflictError  a document was changed meanwhile

Every message is one line, meant for a person: what is wrong, and what to do.
A caller's mistake is a plain `ValueError`.
"""

from __future__ import annotations


class CorpusError(Exception):
    """Base of everything that this layer raises."""


class ReadingError(CorpusError):
    """A file cannot be turned into text.

    Attributes:
        source: The path or address that was read.
        reason: What is wrong and what to do, without the source.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class FetchingError(CorpusError):
    """An address gives no page.

    Attributes:
        url: The address that was asked for.
        reason: What is wrong and what to do, without the address.
    """

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class ExchangeError(CorpusError):
    """An export cannot be written, or is none that can be imported."""


class StoreError(CorpusError):
    """The database cannot be opened, read or written."""


class MissingError(StoreError):
    """There is no document with this id.

    Attributes:
        document_id: The id that was asked for.
    """

    def __init__(self, document_id: str) -> None:
        super().__init__(
            f"no document {document_id}: `daviedka documents list` shows those that are there"
        )
        self.document_id = document_id


class ConflictError(StoreError):
    """A change does not fit what became of the document meanwhile; nothing was changed.

    Attributes:
        document_id: The document.
        reason: What stands in the way and what to do, without the document.
    """

    def __init__(self, document_id: str, reason: str) -> None:
        super().__init__(f"document {document_id} {reason}")
        self.document_id = document_id
        self.reason = reason
