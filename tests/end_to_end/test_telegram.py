"""The bot as an operator runs it, with Telegram's side on loopback."""

from __future__ import annotations

import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.telegram import (
    TOKEN,
    TelegramServer,
    inline_update,
    message_update,
    quotes,
)
from tests.support.updates import press

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.conftest import Program

pytestmark = pytest.mark.model

ARTICLE = "real/000_7ba2dbd60e781874.txt"
QUESTION = "Сколько политзаключенных остается в тюрьме?"


@contextmanager
def running(program: Program, telegram: TelegramServer) -> Iterator[list[str]]:
    """Run the bot until the block ends; gives the log, whole once the block has ended."""
    settings = {
        "DAVIEDKA_TELEGRAM_TOKEN": TOKEN,
        "DAVIEDKA_TELEGRAM_API": telegram.base_url.removesuffix("/bot"),
    }
    log: list[str] = []
    with subprocess.Popen(
        program.command("run"),
        cwd=program.directory,
        env=program.environment | settings,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            log.append(line)
            if "Application started" in line:
                break
        try:
            yield log
        finally:
            process.send_signal(signal.SIGTERM)
            log.extend(process.stderr)
    assert process.returncode == 0, "".join(log)


def test_real_question_is_answered_paged_and_offered_inline(program: Program, shared: Path) -> None:
    article = shared / ARTICLE
    assert program.run("add", str(article)).returncode == 0
    lines = article.read_text(encoding="utf-8").splitlines()
    with TelegramServer() as telegram:
        with running(program, telegram) as log:
            telegram.send(message_update(QUESTION))
            telegram.wait_for("sendMessage")
            answer = telegram.last_message()
            first_quotes = quotes(answer)

            telegram.send(press(answer, "▶"))
            telegram.wait_for("editMessageText")
            telegram.wait_for("answerCallbackQuery")
            second_quotes = quotes(telegram.last_message())

            telegram.send(inline_update(QUESTION))
            (inline,) = telegram.wait_for("answerInlineQuery")

            telegram.send(message_update("Як спячы бульбяны пірог?"))
            telegram.wait_for("sendMessage", 2)
            unanswered = telegram.last_message()
        assert telegram.faults == []

    assert "more than 1,000 political prisoners remain in jail" in "".join(first_quotes)
    for quote in [*first_quotes, *second_quotes]:
        assert all(line in lines for line in quote.splitlines() if line)
    assert first_quotes != second_quotes
    assert 1 <= len(inline["results"]) <= 10
    assert inline["is_personal"] is False
    assert quotes(unanswered) == []
    assert "Belarus frees political prisoners" in unanswered["text"]
    told = "".join(log)
    assert TOKEN not in told
    assert "политзаключенных" not in told
    assert "бульбяны" not in told
