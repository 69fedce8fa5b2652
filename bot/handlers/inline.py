"""Inline queries: "@bot question" in any chat."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from telegram import InlineQueryResultsButton

from bot.handlers.checks import STALE_QUERY, harmless, still_verbatim
from bot.messages import choose_language
from bot.rendering import render_inline_result
from bot.smalltalk import find_small_talk, strip_greeting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from gettext import NullTranslations

    from telegram import InlineQuery, InlineQueryResultArticle, Update

    from bot.context import Context
    from corpus.models import Language
    from index.models import Hit

PAGE_LENGTH: Final = 10
MOST_RESULTS: Final = 50
# Short, so that a new document is soon found; long enough for a burst of the same query.
CACHE_SECONDS: Final = 30
START_PARAMETER: Final = "inline"


async def answer_inline_query(update: Update, context: Context) -> None:
    """Offer quotes that answer an inline query, ten at a time."""
    if (inline := update.inline_query) is None:
        return
    query = inline.query.strip()
    if find_small_talk(query) or not any(character.isalnum() for character in query):
        words = context.words_for(inline.from_user)
        button = words.gettext("Type a question, or ask me privately")
        await _send(inline, [], button=button)
        return

    offset = _offset(inline.offset)
    # One more than the page holds tells whether there is a next one.
    answer = await context.search.search(
        strip_greeting(query), min(offset + PAGE_LENGTH + 1, MOST_RESULTS)
    )
    reader = choose_language(answer.language, inline.from_user.language_code)
    words = context.words(reader)
    hits = answer.hits if answer.answered else ()
    results = await _results(hits[offset : offset + PAGE_LENGTH], reader, words, context)
    further = offset + PAGE_LENGTH
    await _send(
        inline,
        results,
        next_offset=str(further) if len(hits) > further else None,
        button=None if results or offset else words.gettext("Nothing found – ask me privately"),
    )


def _offset(text: str) -> int:
    """Where a page begins. Clients send back what they were given, but anyone can send more."""
    if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) < MOST_RESULTS:
        return int(text)
    return 0


async def _results(
    hits: Sequence[Hit], reader: Language, words: NullTranslations, context: Context
) -> list[InlineQueryResultArticle]:
    """The results for hits; what is not verbatim any more is left out."""
    ids = list({hit.document.id for hit in hits})
    texts = dict(
        zip(ids, await asyncio.gather(*map(context.search.document_text, ids)), strict=True)
    )
    rendered = [(hit, *render_inline_result(hit, reader, words)) for hit in hits]
    return [
        result
        for hit, result, message in rendered
        if still_verbatim(message, hit, texts[hit.document.id])
    ]


async def _send(
    inline: InlineQuery,
    results: Sequence[InlineQueryResultArticle],
    *,
    next_offset: str | None = None,
    button: str | None = None,
) -> None:
    # The last page has no next_offset rather than an empty one: where defaults are set, the
    # library (22.8) makes "[]" of every empty string.
    with harmless(STALE_QUERY):
        await inline.answer(
            results,
            cache_time=CACHE_SECONDS,
            is_personal=False,
            next_offset=next_offset,
            button=InlineQueryResultsButton(button, start_parameter=START_PARAMETER)
            if button
            else None,
        )
