"""Another model is set, and the bot answers on while it is made ready."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from index.bundled import ADAPTED, PLAIN

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Program

pytestmark = pytest.mark.model

EMBEDDED = re.compile(r"(\d+) of (\d+) passages embedded")


def run_until(program: Program, text: str, ending: signal.Signals) -> list[str]:
    """Run the bot until it logs something, and end it with a signal; gives the log."""
    log: list[str] = []
    with subprocess.Popen(
        program.command("run", "--sample"),
        cwd=program.directory,
        env=program.environment | {"DAVIEDKA_PLAYGROUND_PORT": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            log.append(line)
            if text in line:
                process.send_signal(ending)
    return log


def progress(log: list[str]) -> list[tuple[int, int]]:
    return [(int(done), int(total)) for done, total in EMBEDDED.findall("".join(log))]


def test_bot_that_is_killed_goes_on_with_the_change_where_it_was(
    program: Program,
) -> None:
    program.environment["DAVIEDKA_MODEL"] = "bundled-plain"
    run_until(program, "Application started", signal.SIGTERM)
    del program.environment["DAVIEDKA_MODEL"]

    killed = run_until(program, "passages embedded by", signal.SIGKILL)
    assert (
        f"embedded anew by {ADAPTED}, in the background; until that is done, {PLAIN} answers"
        in ("".join(killed))
    )
    again = run_until(program, "embeddings by other models deleted", signal.SIGTERM)
    verified = json.loads(program.run("verify", "--json").stdout)

    # What was embedded before the kill was not embedded again.
    (_, total), (_, rest) = progress(killed)[0], progress(again)[0]
    assert 0 < rest < total
    assert (verified["whole"], verified["passages"], verified["model"]) == (True, total, ADAPTED)
    assert verified["embedded_by_others"] == {}
    assert [path.name for path in (program.data_dir / "index").iterdir()] == [ADAPTED]
