"""A Belarusian question in Russian words, by Apertium, where that program is installed.

Belarusian is a language that models of embeddings have seen little of, and Russian one that they
have seen much of. Apertium translates between the two by rules, with many a mistake: good enough
to search with beside the question itself, not to show to anyone. It is free software (GPL) that
runs as processes of its own: Debian's packages `apertium` and `apertium-bel-rus`.
"""

from __future__ import annotations

import logging
import os
import re
import select
import shlex
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import IO, TYPE_CHECKING

from corpus.transliteration import belarusian_query_to_cyrillic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.models import DetectedLanguage

_MODE = "bel-rus"
# A question takes 1 ms; the first one, for which the processes start, 200.
_TIMEOUT = 2.0  # seconds
_LONGEST = 4096  # characters; many more would fill the pipes before anyone reads from the last
# What means something in Apertium's streams, or would end a question early.
_RESERVED = re.compile(r"[\\\[\]{}^$<>@/*\0\s]+")
_END = "[][\n]\0"  # a blank without which the last word is waited with, and the mark to flush

log = logging.getLogger(__name__)


class ApertiumReading:
    """Reads Belarusian questions in Russian. May be used from several threads at once.

    The processes start with the first question and end with this one, or by `close`. Questions go
    through pipes: they are in no argument, no file and no log.

    Args:
        stages: The program and the arguments of each process of the pipeline, in order.
        timeout: How long a question may take, in seconds.
    """

    def __init__(self, stages: Sequence[Sequence[str]], *, timeout: float = _TIMEOUT) -> None:
        self._stages = stages
        self._timeout = timeout
        self._processes: list[subprocess.Popen[bytes]] = []
        self._using = Lock()

    @staticmethod
    def find() -> ApertiumReading | None:
        """Look for Apertium and its pair of languages; None where they are not installed."""
        program = shutil.which("apertium")
        if program is None:
            return None
        mode = Path(program).parent.parent / "share" / "apertium" / "modes" / f"{_MODE}.mode"
        try:
            stages = _stages(mode.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not all(shutil.which(stage[0]) for stage in stages):
            return None
        return ApertiumReading(stages)

    def __call__(self, query: str, language: DetectedLanguage) -> str | None:
        """Read a question in Russian.

        Args:
            query: As it was asked, in either of the scripts of Belarusian.
            language: What it was taken for.

        Returns:
            Russian, with the words that Apertium does not know as they are in Cyrillic; None
            where the question is not Belarusian, nothing became another word, or Apertium fails.
        """
        if language.language != "be":
            return None
        if language.script == "Latn":
            query = belarusian_query_to_cyrillic(query)
        plain = _RESERVED.sub(" ", query[:_LONGEST]).strip()
        if not plain:
            return None
        with self._using:
            try:
                reading = self._translate(plain)
            except (OSError, EOFError, TimeoutError, UnicodeDecodeError) as error:
                log.warning(
                    "Apertium fails (%s): the question is read as it is", type(error).__name__
                )
                self._stop()
                return None
        return reading if reading != plain else None

    def close(self) -> None:
        """End the processes; a later question would start them again."""
        with self._using:
            self._stop()

    def _translate(self, text: str) -> str:
        if not self._processes:
            self._start()
        source, target = self._processes[0].stdin, self._processes[-1].stdout
        assert source is not None  # noqa: S101 - both are pipes
        assert target is not None  # noqa: S101 - both are pipes
        source.write((text + _END).encode("utf-8", "replace"))
        found = b""
        deadline = monotonic() + self._timeout
        while not found.endswith(b"\0"):
            if not select.select([target], [], [], max(0.0, deadline - monotonic()))[0]:
                raise TimeoutError
            read = os.read(target.fileno(), 1 << 16)
            if not read:
                raise EOFError
            found += read
        return found.decode("utf-8").removesuffix(_END).strip()

    def _start(self) -> None:
        source: IO[bytes] | int = subprocess.PIPE
        for program, *arguments in self._stages:
            process = subprocess.Popen(  # noqa: S603 - what the operator installed
                [program, *arguments],
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # it may quote the question
                bufsize=0,
            )
            if not isinstance(source, int):
                source.close()  # the stage that reads from it has it now
            self._processes.append(process)
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            source = process.stdout

    def _stop(self) -> None:
        for process in self._processes:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            process.wait()
        self._processes = []


def _stages(mode: str) -> tuple[tuple[str, ...], ...]:
    """The processes of a mode file, which is a pipeline for the shell with two parameters.

    Each is told to flush where a text ends (-z), the generator not to mark words that it does
    not know (-n), and the tagger nothing.

    Raises:
        ValueError: The file is something else.
    """
    stages = []
    for stage in mode.split("|"):
        words = shlex.split(stage)
        if not words:
            raise ValueError(f"an empty stage in {mode!r}")
        words = ["-n" if word == "$1" else word for word in words if word != "$2"]
        stages.append((words[0], "-z", *words[1:]))
    return tuple(stages)
