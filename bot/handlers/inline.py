"""Inline queries: "@bot question" in any chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telegram import InlineQueryResultsButton

from bot.freshness import today
from bot.handlers.checks import STALE_QUERY, harmless, still_verbatim
from bot.handlers.recording import count_question, recorded
from bot.messages import SURE
from bot.rendering import render_inline_result
from bot.smalltalk import find_small_talk, strip_greeting
from bot.voices import choose_voice, language_in, voice_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import InlineQuery, InlineQueryResultArticle, Update

    from bot.bridge import Search
    from bot.context import Context
    from bot.newest import Turn
    from bot.voices import Voice
    from corpus.models import Language
    from index.models import Answer, Hit

PAGE_LENGTH: Final = 10
MOST_RESULTS: Final = 50
# Telegram shows an answer to whoever types the same, for so long without asking the bot. Short,
# so that a new document is soon found and a removed one no longer offered; long enough for many
# who look for the same at once.
CACHE_SECONDS: Final = 30
# After an excess the same query may be answered soon.
EXCESS_SECONDS: Final = 1
START_PARAMETER: Final = "inline"


@dataclass(frozen=True, slots=True)
class Page:
    """What an inline query is answered with.

    Attributes:
        results: At most `PAGE_LENGTH`.
        next_offset: Where the next page begins; None after the last one.
        button: What the button to the private chat says; None without one.
        personal: True where the words are the asker's own. The corpus is public, so an answer is
            everybody's, unless its labels follow from who asks: where the query does not tell its
            language, the asker's is taken.
        cache_seconds: For how long Telegram may give it to others, or again to the asker.
    """

    results: Sequence[InlineQueryResultArticle] = ()
    next_offset: int | None = None
    button: str | None = None
    personal: bool = False
    cache_seconds: int = CACHE_SECONDS


@dataclass(frozen=True, slots=True)
class Found:
    """The page for a query, and what of it is counted, if anything: language, answered or not."""

    page: Page
    counted: tuple[Language, bool] | None = None


_EXCESS: Final = Page(personal=True, cache_seconds=EXCESS_SECONDS)


async def answer_inline_query(update: Update, context: Context) -> None:
    """Offer quotes that answer an inline query, ten at a time, unless a newer one came."""
    if (inline := update.inline_query) is None:
        return
    user_id = inline.from_user.id
    if not context.limits.admit_inline(user_id).admitted:
        await _send(inline, _EXCESS)
        return
    async with context.bot_data.inline_queries.turn(user_id) as turn:
        if not turn.wanted:
            return
        found = await context.search.run(_look_for, inline, turn, context)
    if found is None or turn.overtaken:
        return
    await _send(inline, found.page)
    if found.counted is not None:
        language, answered = found.counted
        await count_question(context, "inline", language, answered=answered)


async def count_chosen(update: Update, context: Context) -> None:
    """Count that an inline result was sent, by its document."""
    chosen = update.chosen_inline_result
    if chosen is None or not _is_number(chosen.result_id, 10):
        return
    hit = await context.search.hit(int(chosen.result_id))
    if hit is not None:
        await recorded(context, context.records.counts.count_chosen, today(), hit.document.id)


def _look_for(search: Search, inline: InlineQuery, turn: Turn, context: Context) -> Found | None:
    """What to answer a query with; None where nobody waits for it any more."""
    if not turn.wanted:
        return None
    query, offset = inline.query.strip(), _offset(inline.offset)
    if not any(character.isalnum() for character in query):
        return Found(_latest(search, offset, inline, context))
    if find_small_talk(query):
        return Found(_invitation(inline, context))
    # One more than the page holds tells whether there is a next one.
    wanted = min(offset + PAGE_LENGTH + 1, MOST_RESULTS)
    answer = search.search(strip_greeting(query), wanted)
    if turn.overtaken:
        return None
    page = _answered(search, answer, offset, inline, context)
    voice = context.voice_of(inline.from_user, answer.language)
    # Further pages are of the same query.
    return Found(page, None if offset else (language_in(voice), answer.answered))


def _answered(
    search: Search, answer: Answer, offset: int, inline: InlineQuery, context: Context
) -> Page:
    """The quotes that answer a query."""
    voice = context.voice_of(inline.from_user, answer.language)
    everybodys = choose_voice(None, None, answer.language)
    hits = answer.hits if answer.answered else ()
    results = _results(
        search, [(hit, voice) for hit in hits[offset : offset + PAGE_LENGTH]], context
    )
    nothing = not results and not offset
    return Page(
        results,
        _next_offset(offset, len(hits)),
        context.words(voice).gettext("Nothing found – ask me privately") if nothing else None,
        personal=answer.language.confidence < SURE or voice != everybodys,
    )


def _latest(search: Search, offset: int, inline: InlineQuery, context: Context) -> Page:
    """The beginnings of the latest documents, each with the labels of its own language."""
    hits = search.latest(min(PAGE_LENGTH + 1, MOST_RESULTS - offset), offset)
    spoken = [
        (hit, voice_in(hit.document.language, hit.document.script)) for hit in hits[:PAGE_LENGTH]
    ]
    results = _results(search, spoken, context)
    if not results and not offset:
        return _invitation(inline, context)
    return Page(results, _next_offset(offset, offset + len(hits)))


def _invitation(inline: InlineQuery, context: Context) -> Page:
    """No results, and a word in the asker's own language."""
    words = context.words_for(inline.from_user)
    return Page(button=words.gettext("Type a question, or ask me privately"), personal=True)


def _results(
    search: Search, spoken: Sequence[tuple[Hit, Voice]], context: Context
) -> list[InlineQueryResultArticle]:
    """The results for hits; what is not verbatim any more is left out."""
    texts = {
        document_id: search.document_text(document_id)
        for document_id in {hit.document.id for hit, _ in spoken}
    }
    rendered = [
        (hit, *render_inline_result(hit, voice, context.words(voice), today=today()))
        for hit, voice in spoken
    ]
    return [
        result
        for hit, result, message in rendered
        if still_verbatim(message, hit, texts[hit.document.id])
    ]


def _offset(text: str) -> int:
    """Where a page begins. Clients send back what they were given, but anyone can send more."""
    if _is_number(text, 2) and int(text) < MOST_RESULTS:
        return int(text)
    return 0


def _next_offset(offset: int, found: int) -> int | None:
    further = offset + PAGE_LENGTH
    return further if found > further else None


def _is_number(text: str, most_digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= most_digits


async def _send(inline: InlineQuery, page: Page) -> None:
    # The last page has no next_offset rather than an empty one: where defaults are set, the
    # library (22.8) makes "[]" of every empty string.
    with harmless(STALE_QUERY):
        await inline.answer(
            page.results,
            cache_time=page.cache_seconds,
            is_personal=page.personal,
            next_offset=None if page.next_offset is None else str(page.next_offset),
            button=InlineQueryResultsButton(page.button, start_parameter=START_PARAMETER)
            if page.button
            else None,
        )
