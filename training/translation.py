"""Russian texts put into Belarusian by rules: Apertium's bel-rus, where it is installed.

Its mode rus-bel ends in the tagger's crash, so the first reading that the grammar leaves stands
for the tagger's choice.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOME = Path("/usr/share/apertium/apertium-bel-rus")
_STEPS = (
    "apertium-destxt",
    "lt-proc -w {home}/rus-bel.automorf.bin",
    "cg-proc -1 -w {home}/rus-bel.rlx.bin",
    None,  # surface forms are cut here
    "apertium-pretransfer",
    "lt-proc -b {home}/rus-bel.autobil.bin",
    "lrx-proc -m {home}/rus-bel.autolex.bin",
    "apertium-transfer -b {home}/apertium-bel-rus.rus-bel.t1x {home}/rus-bel.t1x.bin",
    "apertium-interchunk {home}/apertium-bel-rus.rus-bel.t2x {home}/rus-bel.t2x.bin",
    "apertium-postchunk {home}/apertium-bel-rus.rus-bel.t3x {home}/rus-bel.t3x.bin",
    "apertium-transfer -n {home}/apertium-bel-rus.rus-bel.t4x {home}/rus-bel.t4x.bin",
    "lt-proc -n {home}/rus-bel.autogen.bin",
    "lt-proc -p {home}/rus-bel.autopgen.bin",
    "lt-proc -c -p {home}/rus-bel.pgen-short-u-1.bin",
    "lt-proc -c -p {home}/rus-bel.pgen-short-u-2.bin",
    "apertium-retxt",
)
# "^surface/lemma<tags>$" -> "^lemma<tags>$"
_MARKS = re.compile(r"[*#@]")
_AT_ONCE = 500
_SURFACE = re.compile(r"\^((?:[^\\/^$]|\\.)*)/((?:[^\\/^$]|\\.)*)(?:/(?:[^\\^$]|\\.)*)?\$")


def translate_all(texts: list[str]) -> Iterator[tuple[str, str]]:
    """Russian texts with their Belarusian; nothing at all where Apertium is not installed.

    Where a text comes out wrong, its translation is "".
    """
    if not _HOME.is_dir():
        return
    for first in range(0, len(texts), _AT_ONCE):
        part = texts[first : first + _AT_ONCE]
        yield from zip(part, to_belarusian(part), strict=True)


def to_belarusian(texts: list[str]) -> list[str]:
    """Translate texts of one line each; those that came out wrong are "".

    Raises:
        OSError: Apertium is not installed.
    """
    stream = "\n\n".join(text.replace("\n", " ") for text in texts) + "\n"
    for step in _STEPS:
        if step is None:
            stream = _SURFACE.sub(r"^\2$", stream)
            continue
        stream = subprocess.run(  # noqa: S603 - fixed commands
            shlex.split(step.format(home=_HOME)),
            input=stream, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    translated = stream.rstrip("\n").split("\n\n")
    if len(translated) != len(texts):  # a blank line within a text
        return [""] * len(texts)
    # A star stands before each word that is not known.
    return ["" if text.count("*") > 2 else _MARKS.sub("", text).strip() for text in translated]
