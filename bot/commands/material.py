"""The options that name judged material, the same for every command that asks it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--questions",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Judged questions, one JSON object a line. May be given several times.",
    ),
    click.option(
        "--documents",
        multiple=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="The folder that they ask about; one for each file of questions.",
    ),
    click.option("--sample", is_flag=True, help="The sample corpus and its questions."),
    click.option(
        "--xquad-r",
        "xquad",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        metavar="DIR",
        help="XQuAD-R: a folder with en.json, ru.json, ...",
    ),
    click.option(
        "--languages",
        default="en,ru,de",
        show_default=True,
        metavar="CODES",
        help="Of XQuAD-R, with commas.",
    ),
)


def judged_material(command: F) -> F:
    """Give a command the options `questions`, `documents`, `sample`, `xquad` and `languages`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def require_material(
    questions: tuple[Path, ...], documents: tuple[Path, ...], *, sample: bool, xquad: Path | None
) -> None:
    """See that there is something to ask, and that questions and folders go in pairs.

    Raises:
        UsageError: They do not.
    """
    if len(questions) != len(documents):
        raise click.UsageError("give one --documents DIR for each --questions FILE")
    if xquad is None and not (sample or questions):
        raise click.UsageError(
            "give --questions FILE with --documents DIR, or --sample, or --xquad-r DIR"
        )
