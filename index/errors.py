"""The exceptions of the index layer.

SearchError
├── ModelError      the model cannot be built, loaded or trusted
├── EncodingError   the model gave something that is no embedding
└── SnapshotError   an index on disk is missing, damaged or made by another model

Every message is one line, meant for a person: what is wrong, and what to do.
"""

from __future__ import annotations


class SearchError(Exception):
    """Base of everything that this layer raises."""


class ModelError(SearchError):
    """The model cannot be built, loaded or trusted."""


class EncodingError(SearchError):
    """The model gave something that is no embedding."""


class SnapshotError(SearchError):
    """An index on disk is missing, damaged or made by another model."""
