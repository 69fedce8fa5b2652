"""The playground in a real browser: the same journeys, by clicks and keys on the real page."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browsing import Window, chromium
from tests.end_to_end.playing import LIBRARY, LIBRARY_ANSWER, LIBRARY_QUESTION, Play, playground
from tests.support.documents import make_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.end_to_end.conftest import Program

pytestmark = pytest.mark.model

NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def play(browser: Browser, module_program: Program) -> Iterator[Play]:
    """A playground over the sample corpus, for all journeys that leave it as it is."""
    with playground(module_program, "--sample") as running, Play(running.url) as play:
        yield play


@pytest.fixture
def open_window(browser: Browser, pictures: Path) -> Callable[..., AbstractContextManager[Window]]:
    """Opens the page for somebody who has never seen it."""

    @contextmanager
    def opened(url: str, **options: Any) -> Iterator[Window]:
        with browser.new_context(**options) as context:
            window = Window(context.new_page(), url, pictures)
            yield window
            assert window.wrong == []

    return opened


@pytest.fixture
def window(
    play: Play, open_window: Callable[..., AbstractContextManager[Window]]
) -> Iterator[Window]:
    with open_window(play.url, color_scheme="light") as window:
        yield window


def test_conversation_of_the_readme(
    play: Play, open_window: Callable[..., AbstractContextManager[Window]]
) -> None:
    alesia, jan = play.person("member", "be"), play.person("member", "pl")
    for chat, words in (("group", "Добры вечар, суседзі!"), ("channel", "Новы нумар у пятніцу")):
        author = play.person("owner") if chat == "channel" else jan
        play.act("send", person=author, chat=play.chat(chat)["id"], text=words)
    with open_window(
        play.url, color_scheme="light", viewport={"width": 1100, "height": 760}
    ) as window:
        window.become(alesia)
        window.open(alesia)

        answer = window.ask("Пашпарт канчаецца, а ў Беларусь ехаць нельга. Што рабіць?")

        expect(answer.locator("blockquote").first).to_be_visible()
        window.picture("playground")


def test_nobody_is_chosen_before_it_is_known_who_there_is(play: Play, window: Window) -> None:
    window.page.add_init_script("""
        const fetched = fetch, released = new Promise((release) => { window.release = release; });
        window.fetch = (url, ...rest) => released.then(() => fetched(url, ...rest));
    """)
    window.page.reload()
    expect(window.page.get_by_test_id("person")).to_be_disabled()
    window.page.evaluate("release()")
    window.become(play.person("member", "ru"))
    expect(window.page.get_by_test_id("person")).to_contain_text("Иван")


def test_question_is_answered_paged_and_followed_up(play: Play, window: Window) -> None:
    ivan = play.person("member", "ru")
    window.become(ivan)
    window.open(ivan)

    answer = window.ask("калі кірмаш беларускай кнігі?")
    quote = answer.locator("blockquote").first
    expect(quote).to_contain_text("кірмаш", ignore_case=True)
    first = quote.inner_text()
    window.button("▶").click()
    expect(quote).not_to_have_text(first)
    window.button("👍").click()
    expect(window.page.get_by_test_id("toast")).to_be_visible()
    followed = window.ask("а для дзяцей?")
    expect(followed.locator("blockquote").first).to_contain_text("друкарскага станка")
    window.picture("follow-up")


def test_inline_result_is_chosen_by_keys(play: Play, window: Window) -> None:
    group = play.chat("group")["id"]
    window.become(play.person("member", "pl"))
    window.open(group)
    window.input.focus()

    window.page.keyboard.insert_text(f"@{play.bot['username']} Ile cyfr ma PESEL?")
    expect(window.page.get_by_test_id("inline-result").first).to_be_visible()
    window.picture("inline")
    window.page.keyboard.press("ArrowDown")
    window.page.keyboard.press("Enter")

    expect(window.newest.locator("blockquote").first).to_contain_text("jedenaście")
    expect(window.newest).to_contain_text(f"via @{play.bot['username']}")
    expect(window.input).to_have_value("")


def test_question_in_a_topic_is_answered_there(play: Play, window: Window) -> None:
    forum = play.chat("supergroup")
    topic = next(topic for topic in forum["topics"] if topic["id"] != 1)
    window.become(play.person("member", "be"))
    window.open(forum["id"])
    window.page.get_by_role("tab", name=topic["name"]).click()

    answer = window.ask("/ask Колькі лічбаў у PESEL?")

    expect(answer.locator("blockquote").first).to_contain_text("jedenaście")
    window.picture("topic")


def test_answer_is_reacted_to_and_forwarded(play: Play, window: Window) -> None:
    olena, group = play.person("member", "uk"), play.chat("group")["id"]
    window.become(olena)
    window.open(olena)
    answer = window.ask("Ile cyfr ma PESEL?")

    window.choose(answer, "react-👍")
    expect(answer.locator(".reactions")).to_contain_text("👍")
    window.choose(answer, "forward")
    window.page.get_by_test_id(f"choice-{group}").click()
    window.open(group)

    expect(window.newest).to_contain_text("Forwarded from")
    expect(window.newest.locator("blockquote").first).to_contain_text("jedenaście")


def test_commands_are_offered_and_own_words_are_edited_by_keys(play: Play, window: Window) -> None:
    lena = play.person("member", "de")
    window.become(lena)
    window.open(lena)
    window.page.keyboard.press("/")
    window.page.keyboard.type("hel")
    expect(window.page.get_by_test_id("command").first).to_contain_text("/help")
    window.page.keyboard.press("ArrowDown")
    window.page.keyboard.press("Enter")
    expect(window.messages).to_have_count(2)

    window.ask("Wie viele Ziffern hat die PESEL?")
    before = window.messages.count()
    window.input.focus()
    window.page.keyboard.press("ArrowUp")
    window.page.keyboard.press("Control+A")
    window.page.keyboard.insert_text("Wie viele Gefangene kamen im Juni 2025 frei?")
    window.page.keyboard.press("Enter")

    expect(window.newest.locator("blockquote").first).to_contain_text("fourteen")
    expect(window.messages).to_have_count(before)


def test_updates_and_requests_are_shown_as_they_pass(play: Play, window: Window) -> None:
    alex = play.person("member", "en")
    window.become(alex)
    window.open(alex)
    window.page.get_by_test_id("toggle-journal").click()

    window.ask("/help")

    journal = window.page.get_by_test_id("journal")
    expect(journal).to_contain_text("message")
    expect(journal).to_contain_text("sendMessage")
    window.picture("journal")


def test_page_serves_a_narrow_dark_screen(
    play: Play, open_window: Callable[..., AbstractContextManager[Window]]
) -> None:
    ruta = play.person("member", "lt")
    with open_window(play.url, viewport=NARROW, color_scheme="dark", has_touch=True) as window:
        window.become(ruta)
        window.picture("narrow-chats")
        window.open(ruta)
        answer = window.ask("Kaip pratęsti leidimą laikinai gyventi Lietuvoje?")
        expect(answer.locator("blockquote").first).to_be_visible()
        window.picture("narrow")
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert window.page.evaluate(wide) is False  # nothing is cut off at the side
        window.page.get_by_label("Back to the chats").click()
        expect(window.page.get_by_test_id(f"chat-{ruta}")).to_be_visible()


def test_document_lives_from_upload_to_removal_over_a_restart(
    program: Program, open_window: Callable[..., AbstractContextManager[Window]]
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = str(unused.getsockname()[1])
    with (
        playground(program, DAVIEDKA_PLAYGROUND_PORT=port) as running,
        Play(running.url) as play,
        open_window(running.url) as window,
    ):
        member, moderator = play.person("member", "en"), play.person("moderator")
        play.act("person", person=moderator, language_code="en")
        window.become(moderator)
        window.open(moderator)
        window.attach("library.pdf", make_pdf([LIBRARY]), "application/pdf")
        expect(window.button("Publish")).to_be_visible()
        card = window.newest
        expect(card).to_contain_text("Library of the Belarusian House")
        window.picture("card")
        window.become(member)
        window.open(member)
        expect(window.ask(LIBRARY_QUESTION).locator("blockquote")).to_have_count(0)

        window.become(moderator)
        window.open(moderator)
        window.button("Publish").click()
        expect(window.button("Open")).to_be_visible()
        window.become(member)
        window.open(member)
        expect(window.ask(LIBRARY_QUESTION).locator("blockquote").first).to_contain_text(
            LIBRARY_ANSWER
        )
        window.picture("found")

        window.become(moderator)
        window.open(moderator)
        window.button("Open").click()
        window.button("Remove").click()
        expect(window.button("Restore")).to_be_visible()
        window.become(member)
        window.open(member)
        expect(window.ask(LIBRARY_QUESTION).locator("blockquote")).to_have_count(0)

    with (
        playground(program, DAVIEDKA_PLAYGROUND_PORT=port) as running,
        open_window(running.url) as window,
    ):
        window.become(member)
        window.open(member)
        expect(window.ask(LIBRARY_QUESTION).locator("blockquote")).to_have_count(0)
