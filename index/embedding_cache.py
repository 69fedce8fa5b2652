"""An encoder that remembers: evaluation asks the same of the same texts, again and again."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Literal

import numpy as np

from index.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from index.encoder import Embeddings, Encoder, Tokens

    Kind = Literal["query", "passage", "query and tokens", "passage and tokens"]

FILE_NAME = "embeddings.db"

# Far below what one statement of SQLite may name.
_KEYS_PER_STATEMENT = 500


class CachingEncoder:
    """An `Encoder` that encodes each text once, and keeps its embedding in a file.

    Embeddings are kept as they were given, by the encoder's name: an encoder by another name
    finds none of them. Several processes may use one file.
    """

    def __init__(self, encoder: Encoder, connection: sqlite3.Connection) -> None:
        self.name = encoder.name
        self.dim = encoder.dim
        self.token_dim = encoder.token_dim
        self._encoder = encoder
        self._connection = connection
        self._using = threading.Lock()

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """Embed queries, or remember them; see `SentenceEncoder.encode_queries`."""
        return self._encode("query", texts, self._encoder.encode_queries)

    def encode_passages(self, texts: Sequence[str]) -> Embeddings:
        """Embed passages, or remember them; see `SentenceEncoder.encode_passages`."""
        return self._encode("passage", texts, self._encoder.encode_passages)

    def read_queries(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        """Embed queries and their tokens, or remember them; see `SentenceEncoder.read_queries`."""
        return self._read("query and tokens", texts, self._encoder.read_queries)

    def read_passages(self, texts: Sequence[str]) -> tuple[Embeddings, list[Tokens]]:
        """Embed passages and tokens, or remember them; see `SentenceEncoder.read_passages`."""
        return self._read("passage and tokens", texts, self._encoder.read_passages)

    def _encode(
        self, kind: Kind, texts: Sequence[str], encode: Callable[[Sequence[str]], Embeddings]
    ) -> Embeddings:
        rows = self._remember(kind, texts, lambda new: [row.tobytes() for row in encode(new)])
        return np.frombuffer(b"".join(rows), np.float32).reshape(-1, self.dim).copy()

    def _read(
        self,
        kind: Kind,
        texts: Sequence[str],
        read: Callable[[Sequence[str]], tuple[Embeddings, list[Tokens]]],
    ) -> tuple[Embeddings, list[Tokens]]:
        def make(new: Sequence[str]) -> list[bytes]:
            return [row.tobytes() + own.tobytes() for row, own in zip(*read(new), strict=True)]

        rows = [np.frombuffer(row, np.float32) for row in self._remember(kind, texts, make)]
        embeddings = np.array([row[: self.dim] for row in rows], np.float32)
        shape = (-1, self.token_dim) if self.token_dim else (0, 0)
        tokens = [row[self.dim :].reshape(shape).copy() for row in rows]
        return embeddings.reshape(-1, self.dim), tokens

    def _remember(
        self, kind: Kind, texts: Sequence[str], make: Callable[[Sequence[str]], list[bytes]]
    ) -> list[bytes]:
        keys = [self._key(kind, text) for text in texts]
        known = self._known(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            new = dict(zip(missing, make(list(missing.values())), strict=True))
            self._keep(new)
            known |= new
        return [known[key] for key in keys]

    def _key(self, kind: Kind, text: str) -> bytes:
        return hashlib.sha256("\0".join((self.name, kind, text)).encode()).digest()

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        with self._using, _plain_errors():
            for first in range(0, len(keys), _KEYS_PER_STATEMENT):
                part = keys[first : first + _KEYS_PER_STATEMENT]
                marks = ", ".join("?" * len(part))
                query = f"SELECT key, embedding FROM embeddings WHERE key IN ({marks})"  # noqa: S608  # marks only
                found.update(self._connection.execute(query, part))
        return found

    def _keep(self, embeddings: dict[bytes, bytes]) -> None:
        with self._using, _plain_errors(), self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO embeddings VALUES (?, ?)", embeddings.items()
            )


@contextmanager
def open_caching(encoder: Encoder, cache_dir: Path) -> Iterator[CachingEncoder]:
    """Let an encoder remember what it has encoded, now and in later runs.

    Args:
        encoder: Encodes what is not remembered.
        cache_dir: Holds the file; made where it is missing. The file may be deleted at any
            time, and only grows.

    Raises:
        SearchError: The file cannot be opened or is damaged.
    """
    with _plain_errors():
        cache_dir.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            cache_dir / FILE_NAME,
            timeout=60,  # another process may be writing
            check_same_thread=False,  # guarded by a lock
        )
    with closing(connection):
        with _plain_errors(), connection:
            # What is lost with the power is encoded again.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS embeddings (key BLOB PRIMARY KEY, embedding BLOB)"
            )
        yield CachingEncoder(encoder, connection)


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise SearchError(
            f"the cached embeddings cannot be used ({error}): delete {FILE_NAME} in the cache "
            "directory, or set DAVIEDKA_CACHE_DIR to another one"
        ) from error
