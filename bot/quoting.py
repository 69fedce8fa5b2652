"""Which sentences of a passage are quoted: pure. All lengths are in UTF-16 units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.composing import cut, utf16_length

if TYPE_CHECKING:
    from index.models import Hit

# About eight lines on a phone: what is read at a glance.
WINDOW_LENGTH: Final = 450
# A passage up to here is shown whole: folding a sentence or two saves nothing.
WHOLE_LENGTH: Final = 600


@dataclass(frozen=True, slots=True)
class Quotes:
    """What of a passage is quoted. All spans are of the passage's own text.

    Attributes:
        spans: (start, end, folded) in the passage's order; one of them is not folded.
        core: The span of the best sentence, or of what is left of it.
        cut: True where the best sentence was too long for any message.
    """

    spans: list[tuple[int, int, bool]]
    core: tuple[int, int]
    cut: bool = False

    def unfolded(self) -> Quotes:
        """Without what is folded."""
        return replace(self, spans=[span for span in self.spans if not span[2]])

    @classmethod
    def choose(cls, hit: Hit, room: int) -> Quotes:
        """Choose what fits into a number of UTF-16 units, nearest to the best sentence first.

        The sentences around the best one are read at once, those before and after them are
        folded. Only whole sentences are taken, unless the best one alone is too long.
        """
        sentences = sentence_spans(hit)
        best = best_of(hit)
        core = sentences[best]

        def length(first: int, last: int) -> int:
            return utf16_length(hit.text[sentences[first][0] : sentences[last][1]])

        if length(best, best) > room:
            start = core[0]
            end = start + cut(hit.text[start : core[1]], room)
            return cls([(start, end, False)], (start, end), cut=True)

        first, last = 0, len(sentences) - 1
        if length(first, last) > min(WHOLE_LENGTH, room):
            first = last = best
            grown = True
            while grown:
                grown = False
                if last + 1 < len(sentences) and length(first, last + 1) <= WINDOW_LENGTH:
                    last += 1
                    grown = True
                if first > 0 and length(first - 1, last) <= WINDOW_LENGTH:
                    first -= 1
                    grown = True
        room -= length(first, last)

        end = last
        while end + 1 < len(sentences) and length(last + 1, end + 1) < room:
            end += 1
        if end > last:
            room -= length(last + 1, end) + 1
        start = first
        while start > 0 and length(start - 1, first - 1) < room:
            start -= 1

        ranges = [(start, first - 1, True), (first, last, False), (last + 1, end, True)]
        spans = [
            (sentences[low][0], sentences[high][1], folded)
            for low, high, folded in ranges
            if low <= high
        ]
        return cls(spans, core)


def fitting(hit: Hit, room: int, *, end: bool) -> tuple[int, int] | None:
    """The span of the whole sentences at a passage's beginning, or at its end, that fit.

    Args:
        hit: The passage.
        room: In UTF-16 units.
        end: Whether to begin with the last sentence.

    Returns:
        The span in the passage's own text; None where not one sentence fits.
    """
    sentences = sentence_spans(hit)
    spans = (
        [(start, sentences[-1][1]) for start, _ in sentences]
        if end
        else [(sentences[0][0], stop) for _, stop in reversed(sentences)]
    )
    return next((span for span in spans if utf16_length(hit.text[span[0] : span[1]]) <= room), None)


def sentence_spans(hit: Hit) -> list[tuple[int, int]]:
    """The sentences as spans of the passage's own text, without white space around them."""
    spans = []
    for sentence in hit.sentences:
        start, end = sentence.start - hit.start, sentence.end - hit.start
        raw = hit.text[start:end]
        start += len(raw) - len(raw.lstrip())
        spans.append((start, start + len(raw.strip())))
    return spans


def best_of(hit: Hit) -> int:
    """The best sentence's position; a forged button may name one that is not there."""
    return min(hit.best, len(hit.sentences) - 1)
