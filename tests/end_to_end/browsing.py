"""A real browser on the playground's page, and what people do in it by clicks and keys."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, FilePayload, Locator, Page, Playwright

# How long the browser waits for the bot before a test fails, in milliseconds.
PATIENCE = 20_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without windows; where none is installed the tests are skipped, or fail in CI."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        # Chromium's own sandbox is not for root.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=_find_browser(playwright), args=arguments
        )
        try:
            yield browser
        finally:
            browser.close()


def _find_browser(playwright: Playwright) -> str:
    own = playwright.chromium.executable_path
    candidates = (own if Path(own).exists() else None, "chromium", "google-chrome")
    found = next(filter(None, (shutil.which(name) for name in candidates if name)), None)
    if found is None:
        message = "no browser: install chromium, or run `playwright install chromium`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


class Window:
    """The playground's page.

    Args:
        page: Shows nothing yet.
        url: Where the playground is.
        pictures: Where screenshots go.
    """

    def __init__(self, page: Page, url: str, pictures: Path) -> None:
        self.page = page
        self.wrong: list[str] = []
        self._pictures = pictures
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on(
            "console",
            lambda message: self.wrong.append(message.text) if message.type == "error" else None,
        )
        page.goto(url)

    @property
    def input(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_test_id("composer")

    @property
    def messages(self) -> Locator:
        """What is said in the chat that is open."""
        return self.page.locator("#messages article")

    @property
    def newest(self) -> Locator:
        """The last message there."""
        return self.messages.last

    def become(self, person: int) -> None:
        """Be another person."""
        self.page.get_by_test_id("person").click()
        self.page.get_by_test_id(f"person-{person}").click()

    def open(self, chat: int) -> None:
        """Open a chat."""
        self.page.get_by_test_id(f"chat-{chat}").click()

    def say(self, text: str) -> None:
        """Write something and send it, by keys alone."""
        self.input.focus()
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Enter")

    def ask(self, text: str) -> Locator:
        """Ask, and give the bot's answer."""
        before = self.messages.count()
        self.say(text)
        # What was asked, and what is answered.
        expect(self.messages).to_have_count(before + 2)
        return self.newest

    def attach(self, name: str, content: bytes, kind: str) -> None:
        """Choose a file and send it."""
        file: FilePayload = {"name": name, "mimeType": kind, "buffer": content}
        self.page.get_by_test_id("file").set_input_files([file])
        self.page.get_by_test_id("send").click()

    def button(self, label: str, message: Locator | None = None) -> Locator:
        """The button with this in its label under a message; under the newest if none is given."""
        under = self.newest if message is None else message
        return under.get_by_test_id("button").filter(has_text=label)

    def choose(self, message: Locator, action: str) -> None:
        """Do something with a message that its menu offers."""
        message.hover()
        message.get_by_test_id("message-menu").click()
        self.page.get_by_test_id(action).click()

    def picture(self, name: str) -> None:
        """Keep what the page looks like."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self._pictures / f"{name}.png", animations="disabled")
