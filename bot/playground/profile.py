"""The name and descriptions that Telegram keeps of a bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.playground.requests import Request


class Profile(dict[tuple[str, str], str]):
    """What a bot set, by what it is and language; a language is "" where none was named."""

    def setter(self, what: str) -> Callable[[Request], bool]:
        """The answer to one of the methods that set something; an empty text takes it away."""

        def set_it(request: Request) -> bool:
            key = (what, request.parameters.get("language_code", ""))
            if text := request.parameters.get(what, ""):
                self[key] = text
            else:
                self.pop(key, None)
            return True

        return set_it

    def getter(self, what: str) -> Callable[[Request], dict[str, str]]:
        """The answer to one of the methods that get something: the default where nothing is."""

        def get_it(request: Request) -> dict[str, str]:
            language = request.parameters.get("language_code", "")
            return {what: self.get((what, language)) or self.get((what, ""), "")}

        return get_it
