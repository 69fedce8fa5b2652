"""The playground as a newcomer runs it: the real bot, model and store, and people in its chats."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from corpus.sample import sample_questions
from tests.end_to_end.playing import LIBRARY, LIBRARY_ANSWER, LIBRARY_QUESTION, Play, playground
from tests.support.documents import make_pdf
from tests.support.updates import buttons, labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.end_to_end.conftest import Program
    from tests.end_to_end.playing import Run

pytestmark = pytest.mark.model

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name


@pytest.fixture(scope="module")
def running(module_program: Program) -> Iterator[Run]:
    """A playground over the sample corpus, for all journeys that leave it as it is."""
    with playground(module_program, "--sample") as running:
        yield running


@pytest.fixture(scope="module")
def play(running: Run) -> Iterator[Play]:
    with Play(running.url) as play:
        yield play


def test_sample_questions_and_then_the_address_are_told(running: Run) -> None:
    asked = [line.removeprefix("? ").strip() for line in running.said if line.startswith("? ")]

    assert asked == [judged.question for judged in sample_questions()[:3]]
    assert sum("  — " in line for line in running.said) == len(asked)  # each with its source
    assert running.said[-1] == (
        f"Daviedka's playground: {running.url} (only this machine can open it)\n"
    )


def test_page_and_all_that_it_loads_are_served(running: Run) -> None:
    with httpx.Client(base_url=running.url, trust_env=False) as http:
        page = http.get("/").raise_for_status()

    assert page.headers["Content-Type"].startswith("text/html")
    assert "Daviedka" in page.text


def test_question_is_answered_paged_and_followed_up(play: Play) -> None:
    alesia = play.person("member", "be")

    answer = play.ask(alesia, "калі кірмаш беларускай кнігі?")
    first = play.quoted(answer)
    play.press(alesia, answer, "▶")
    turned = play.wait_for_change(answer, lambda message: play.quoted(message) != first)
    follow_up = play.ask(alesia, "а для дзяцей?")

    assert "кірмаш" in first.lower()
    assert play.quoted(turned)
    assert "друкарскага станка" in play.quoted(follow_up)
    assert follow_up["reply_to_message"]["text"] == "а для дзяцей?"


def test_command_in_a_topic_is_answered_there(play: Play) -> None:
    forum = play.chat("supergroup")
    topic = next(topic["id"] for topic in forum["topics"] if topic["id"] != 1)

    answer = play.ask(
        play.person("member", "pl"), "/ask Ile cyfr ma PESEL?", chat=forum["id"], topic=topic
    )

    assert answer["message_thread_id"] == topic
    assert "jedenaście" in play.quoted(answer)


def test_inline_result_is_offered_and_sent_into_a_group(play: Play) -> None:
    jan, group = play.person("member", "pl"), play.chat("group")["id"]
    asked = play.act("inline", person=jan, chat=group, query="Ile cyfr ma PESEL?")

    offered = play.wait_for_request(
        "answerInlineQuery", lambda body: body["inline_query_id"] == asked["query_id"]
    )
    chosen = play.act(
        "choose",
        person=jan,
        chat=group,
        query_id=asked["query_id"],
        result_id=offered["results"][0]["id"],
    )

    sent = next(
        message
        for message in play.world()["messages"][str(group)]
        if message["message_id"] == chosen["message_id"]
    )
    assert "jedenaście" in play.quoted(sent)
    assert (sent["via_bot"]["id"], sent["from"]["id"]) == (play.bot["id"], jan)


def test_moderators_are_taught_what_members_cannot_do(play: Play) -> None:
    alesia, maksim = play.person("member", "be"), play.person("moderator")

    refused = play.ask(alesia, "/documents")
    listed = play.ask(maksim, "/documents")

    assert buttons(listed)
    assert not buttons(refused)


def test_document_lives_from_upload_to_removal_over_a_restart(program: Program) -> None:
    with playground(program) as running, Play(running.url) as play:
        member, moderator = play.person("member", "en"), play.person("moderator")
        play.act("person", person=moderator, language_code="en")
        sent = play.upload(moderator, moderator, ("library.pdf", make_pdf([LIBRARY])))
        card = play.wait_for_message(
            moderator, sent["message_id"], lambda message: "Publish" in str(labels(message))
        )
        assert "Library of the Belarusian House" in card["text"]
        assert (
            play.quoted(play.ask(member, LIBRARY_QUESTION)) == ""
        )  # nothing is found before Publish

        play.press(moderator, card, "Publish")
        published = play.wait_for_change(card, lambda message: "Open" in labels(message))
        assert LIBRARY_ANSWER in play.quoted(play.ask(member, LIBRARY_QUESTION))

        play.press(moderator, published, "Open")
        opened = play.wait_for_message(
            moderator, card["message_id"], lambda message: "Remove" in labels(message)
        )
        play.press(moderator, opened, "Remove")
        play.wait_for_change(opened, lambda message: "Restore" in labels(message))
        assert play.quoted(play.ask(member, LIBRARY_QUESTION)) == ""

    with playground(program) as running, Play(running.url) as play:
        assert play.quoted(play.ask(play.person("member", "en"), LIBRARY_QUESTION)) == ""
    assert program.run("verify").returncode == 0
    # What invented people did is not among the records of a real bot.
    assert (program.data_dir / "playground.db").exists()
    assert not (program.data_dir / "bot.db").exists()


def test_updates_are_brought_to_a_webhook_that_knows_its_secret(program: Program) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    url = f"http://127.0.0.1:{port}/daviedka"
    with (
        playground(
            program,
            stop=signal.SIGINT,
            DAVIEDKA_WEBHOOK_URL=url,
            DAVIEDKA_WEBHOOK_PORT=str(port),
            HTTP_PROXY="http://127.0.0.1:9",  # nothing listens there: it must not be asked
        ) as running,
        Play(running.url) as play,
    ):
        answer = play.ask(play.person("member", "en"), "/help")
        journal = play.world()["journal"]
        secret = (program.data_dir / "webhook.secret").read_text(encoding="ascii")
        statuses = [
            httpx.post(
                url,
                json={"update_id": 1, "message": {"text": "мая тайна"}},
                headers=headers,
                trust_env=False,
            ).status_code
            for headers in ({}, {SECRET_HEADER: "guess"}, {SECRET_HEADER: secret})
        ]

    assert answer["text"]
    asked = [passed["name"] for passed in journal if passed["kind"] == "request"]
    assert "setWebhook" in asked
    assert "getUpdates" not in asked
    # The last one knows the secret, and is no update.
    assert statuses == [403, 403, 400]
    told = "".join(running.log)
    assert "could not be read" in told
    assert "тайна" not in told
    assert secret not in told


def test_webhook_port_that_is_taken_is_named(program: Program) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = program.run(
            "run",
            DAVIEDKA_PLAYGROUND_PORT="0",
            DAVIEDKA_WEBHOOK_URL=f"http://127.0.0.1:{port}/",
            DAVIEDKA_WEBHOOK_PORT=str(port),
        )

    assert done.returncode == 1
    assert "DAVIEDKA_WEBHOOK_PORT" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
