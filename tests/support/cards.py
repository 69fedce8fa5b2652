"""Documents of any kind to be shown, and whether what shows them fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from bot.composing import TEXT_LIMIT, Rendered, utf16_length
from bot.member_cards import LABEL_LENGTH
from corpus.models import LANGUAGES
from tests.support.answers import make_document

if TYPE_CHECKING:
    from corpus.models import Document

TITLES = st.text(max_size=500) | st.sampled_from(
    ["😀" * 400, "<b>", "مرحبا " * 90, "\n", "a" * 5000]
)
SOURCES = st.text(max_size=300) | st.sampled_from(
    ["/srv/private/x.md", "https://example.org/a", "https://t.me/s/news/5", "t.me/" + "n" * 400]
)


@st.composite
def documents(draw: st.DrawFn) -> list[Document]:
    """Up to twenty documents with any title, source, address, language and date."""
    return [
        make_document(
            f"{number:08x}",
            title=draw(TITLES),
            source=draw(SOURCES),
            url=draw(st.none() | SOURCES),
            language=draw(st.sampled_from(LANGUAGES)),
            published=draw(st.none() | st.dates()),
        )
        for number in range(draw(st.integers(0, 20)))
    ]


def assert_fits(rendered: Rendered) -> None:
    """A message, its entities and its buttons are within Telegram's limits."""
    assert 1 <= utf16_length(rendered.text) <= TEXT_LIMIT
    for entity in rendered.entities:
        assert 0 <= entity.offset < entity.offset + entity.length <= utf16_length(rendered.text)
    for row in rendered.keyboard.inline_keyboard if rendered.keyboard else ():
        for button in row:
            assert 1 <= utf16_length(button.text) <= LABEL_LENGTH
            assert 1 <= len(str(button.callback_data).encode()) <= 64
