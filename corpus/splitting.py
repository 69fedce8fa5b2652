"""Document text -> passages and sentences, as character spans of that text. Pure.

A passage holds whole paragraphs of one section. It never holds a heading: headings go along
with it as its path, so that even a section of one line can be read by itself, and a quote has
no "#" in it.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from syntok import segmenter
from syntok.tokenizer import Tokenizer

from corpus.models import Passage, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Sizes are in words. Paragraphs are joined up to _ENOUGH, or as far as _MOST where one of them
# is too little by itself; a longer paragraph is cut.
_LITTLE, _ENOUGH, _MOST = 60, 120, 180
_LONG_SENTENCE, _LONGEST_SENTENCE = 60, 100
# A longer word counts as several, so that no text without spaces grows out of bounds.
_LETTERS_OF_A_WORD = 20

_LINE = re.compile(r"[^\n]+")
_HEADING = re.compile(r"(#{1,6})\s+(.*\S)")
_RULE = re.compile(r"(?:[-*_=–—]\s*){3,}")
_TABLE_ROW = re.compile(r"\s\|\s")
_CLAUSE = re.compile(r"[^;]+;*")
_TITLE = re.compile(r"^#\s+\S", re.MULTILINE)
_PART_OF_WORD = re.compile(rf"\S{{1,{_LETTERS_OF_A_WORD}}}\s*")

_TOKENIZER = Tokenizer(replace_not_contraction=False)
# syntok ends a sentence after these. The first kind stands before a name, the second before a
# number; after a number they are units ("10 м."), which may well end a sentence.
_NAMES_FOLLOW = """
    абл буд в вул г гар гл гор гр д див доц зав імп кв корп м напр о обл пас пер пл пос пр пров
    просп проф р с св см ср тав тел ул
    al dr gm hab inż ks mgr np ok os pl por pow pr prof św tel tj tzn tzw ul wg woj zob
    doc g pvz šv vad žr
    abs bsp bzw ca evtl fr geb ggf hr inkl st str vgl zzgl
    approx cf mr mrs ms vs
"""
_NUMBERS_FOLLOW = """
    арт мал п пп разд рис с ст стар стр табл ч
    abb abs art ch fig godz lit no nr p par pkt poz pp rys str tab ust vol
"""
_BEFORE_NAMES = frozenset(_NAMES_FOLLOW.split())
_BEFORE_NUMBERS = frozenset(_NUMBERS_FOLLOW.split())
_TWO_PARTS = re.compile(
    r"\b(?:т\.\s?(?:е|зн|зв|н|к)|г\.\s?зн|m\.\s?in|i\.\s?e|e\.\s?g|z\.\s?b|d\.\s?h|u\.\s?a|t\.\s?y)\.$",
    re.IGNORECASE,
)
_AND_SO_ON = re.compile(r"\bт\.\s?[дп]\.\s+(?=[^\W\d_a-zа-яёіўїєґ])")
_ABBREVIATION = re.compile(r"(?P<number>\d\s*)?\b(?P<word>[^\W\d_]+)\.$")
_INITIAL = re.compile(r"\b[^\W\d_]\.$")
_LIST_NUMBER = re.compile(r"\s*(?:[-*•–—]\s*)?(?:\d{1,3}|[^\W\d_])[.)]")
_ORDINAL = re.compile(
    r"\b(?:der|die|das|dem|den|des|im|am|vom|zum|zur|bis|ab)\s\d{1,2}\.$", re.IGNORECASE
)
_DAY = re.compile(r"\b\d{1,2}\.$")
_GERMAN_MONTH = re.compile(r"Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez")


def split(text: str) -> tuple[Passage, ...]:
    """Cut a document's text into passages of about 60 to 180 words.

    Args:
        text: Clean text in the light form that `RawDocument.text` describes.

    Returns:
        Passages in order, without overlap. Every character but white space, headings and
        rules ("---") is in exactly one sentence of exactly one passage. No passage has more
        than 180 words. Empty where the text holds nothing else.
    """
    passages: list[Passage] = []
    for heading, blocks in _sections(text):
        passages.extend(
            Passage(heading, sentences[0].start, sentences[-1].end, tuple(sentences))
            for sentences in _pack(text, blocks)
        )
    return tuple(passages)


def _sections(text: str) -> Iterator[tuple[str, list[list[Sentence]]]]:
    """Each heading path with its blocks, a block being the sentences of adjacent lines."""
    title = _title_line(text)
    path: list[tuple[int, str]] = []
    blocks: list[list[Sentence]] = []
    end_of_line = -1
    for line in _LINE.finditer(text):
        stripped = line[0].rstrip()
        if not stripped:
            continue
        heading = _HEADING.fullmatch(stripped)
        if heading or _RULE.fullmatch(stripped):
            yield _join(path), blocks
            blocks = []
            if heading and line.start() != title:
                level = len(heading[1])
                path = [above for above in path if above[0] < level] + [(level, heading[2])]
            continue
        if not blocks or line.start() > end_of_line + 1:
            blocks.append([])
        blocks[-1].extend(_sentences(text, line.start(), line.end()))
        end_of_line = line.end()
    yield _join(path), blocks


def _title_line(text: str) -> int:
    """Where the document's title begins: a heading on top, the only one of level 1; else -1."""
    starts = [title.start() for title in _TITLE.finditer(text)]
    return starts[0] if len(starts) == 1 and not text[: starts[0]].strip() else -1


def _join(path: Iterable[tuple[int, str]]) -> str:
    return " › ".join(heading for _, heading in path)


def _pack(text: str, blocks: Iterable[list[Sentence]]) -> Iterator[list[Sentence]]:
    """Join and cut the blocks of one section to passages, each a list of sentences."""
    units: list[tuple[float, list[Sentence]]] = []
    for block in _with_introductions(text, blocks):
        sizes = [_size(text[sentence.start : sentence.end]) for sentence in block]
        units.extend((sum(sizes[run]), block[run]) for run in _even_runs(sizes, _MOST))
    groups: list[tuple[float, list[Sentence]]] = []
    for position, (size, sentences) in enumerate(units):
        if groups:
            before, group = groups[-1]
            is_last = position == len(units) - 1
            most = _MOST if before < _LITTLE or (is_last and size < _LITTLE) else _ENOUGH
            if before + size <= most:
                groups[-1] = (before + size, group + sentences)
                continue
        groups.append((size, sentences))
    return (group for _, group in groups)


def _with_introductions(text: str, blocks: Iterable[list[Sentence]]) -> Iterator[list[Sentence]]:
    """Join a block that ends in a colon with the list that it introduces."""
    joined: list[Sentence] = []
    for block in blocks:
        joined.extend(block)
        if text[joined[-1].end - 1] != ":":
            yield joined
            joined = []
    if joined:
        yield joined


def _sentences(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The sentences of one line; a row of a table is one."""
    line = text[start:end]
    starts = [] if _TABLE_ROW.search(line) else _sentence_starts(line)
    for low, high in pairwise([0, *starts, len(line)]):
        for first, last in _shorten(line, low, high):
            piece = line[first:last]
            indent = len(piece) - len(piece.lstrip())
            if indent < len(piece):
                yield Sentence(start + first + indent, start + first + len(piece.rstrip()))


def _sentence_starts(line: str) -> list[int]:
    """Where a sentence begins in a line, but for the first one."""
    ends = {sentence[0].offset for sentence in segmenter.segment(_TOKENIZER.tokenize(line))}
    ends |= {ending.end() for ending in _AND_SO_ON.finditer(line)}
    starts = [0]
    for position in sorted(ends):
        before = line[max(starts[-1], position - 40) : position].strip()
        if before and not _goes_on(before, line[position : position + 10]):
            starts.append(position)
    return starts[1:]


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence continues where syntok would end it."""
    tail = before[-40:]
    if tail.endswith(";") or _LIST_NUMBER.fullmatch(before):
        return True
    if _TWO_PARTS.search(tail) or (_INITIAL.search(tail) and tail[-2].isupper()):
        return True
    if _ORDINAL.search(tail) or (_DAY.search(tail) and _GERMAN_MONTH.match(after)):
        return True
    abbreviation = _ABBREVIATION.search(tail)
    if not abbreviation:
        return False
    word = abbreviation["word"].lower()
    if after[:1].isdigit():
        return word in _BEFORE_NUMBERS or word in _BEFORE_NAMES
    return word in _BEFORE_NAMES and not abbreviation["number"]


def _shorten(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what is too long for a sentence after semicolons, or else between words."""
    if _size(line[start:end]) <= _LONG_SENTENCE:
        yield start, end
        return
    pieces: list[tuple[int, int]] = []
    for clause in _CLAUSE.finditer(line, start, end):
        is_short = _size(clause[0]) <= _LONGEST_SENTENCE
        parts = [clause] if is_short else _PART_OF_WORD.finditer(line, *clause.span())
        pieces.extend(part.span() for part in parts)
    for run in _even_runs([_size(line[low:high]) for low, high in pieces], _LONG_SENTENCE):
        yield pieces[run][0][0], pieces[run][-1][1]


def _size(text: str) -> float:
    """The number of words."""
    return sum(max(1.0, len(word) / _LETTERS_OF_A_WORD) for word in text.split())


def _even_runs(sizes: Sequence[float], most: float) -> Iterator[slice]:
    """Cut a row into runs of about equal size, each at most `most` or a single member."""
    total = sum(sizes)
    aim = total / math.ceil(total / most)
    begin, runs = 0, 1
    filled = passed = 0.0
    for position, size in enumerate(sizes):
        if position > begin and (filled + size > most or passed + size / 2 > runs * aim):
            yield slice(begin, position)
            begin, runs, filled = position, runs + 1, 0.0
        filled += size
        passed += size
    yield slice(begin, len(sizes))
