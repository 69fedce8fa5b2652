"""From hits to Telegram messages: pure, and valid whatever the document's text is.

Formatting is given as entities, never as markup, so nothing in a text can break it. A quote
is always a slice of the passage; what the bot adds ("…", a title) stands outside of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import InlineQueryResultArticle, InputTextMessageContent, MessageEntity

from bot.answer_keyboard import answer_keyboard
from bot.composing import (
    ELLIPSIS,
    SEPARATOR,
    TEXT_LIMIT,
    TITLE_LENGTH,
    Composer,
    Rendered,
    shorten,
    utf16_length,
)
from bot.errors import NotVerbatimError
from bot.labels import address, due_label, is_due, language_label, source_label
from bot.pager import Pager
from bot.quoting import WINDOW_LENGTH, Quotes, best_of, fitting, sentence_spans
from bot.voices import language_in, write_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from gettext import NullTranslations

    from bot.voices import Voice
    from index.models import Answer, Hit

# All lengths are in UTF-16 units, as Telegram counts.
# Headings, titles and names beyond these are cut, so that most of a message is the quote.
HEADING_LENGTH: Final = 200
DESCRIPTION_LENGTH: Final = 250

QUOTE_TYPES: Final = (MessageEntity.BLOCKQUOTE, MessageEntity.EXPANDABLE_BLOCKQUOTE)


def render_answer(
    answer: Answer,
    reader: Voice,
    words: NullTranslations,
    *,
    today: date | None = None,
    shared: str = "",
    translation: Hit | None = None,
) -> Rendered:
    """The best hit with buttons to the others, or an honest "not found"; see `render_hit`."""
    if not answer.answered or not answer.hits:
        return _render_not_found(answer, words)
    pager = Pager.of(answer, reader)
    return render_hit(
        answer.hits[0], reader, words, pager, today=today, shared=shared, translation=translation
    )


def render_hit(
    hit: Hit,
    reader: Voice,
    words: NullTranslations,
    pager: Pager | None = None,
    *,
    today: date | None = None,
    compact: bool = False,
    shared: str = "",
    around: Sequence[Hit] = (),
    translation: Hit | None = None,
) -> Rendered:
    """A quote with its source.

    Args:
        hit: What to quote.
        reader: How to speak to the asker, for the date and for whether to name the document's
            language.
        words: The catalogue of that voice.
        pager: Gives the buttons; none without it.
        today: Marks a document that should have been checked before; none is marked without it.
        compact: For groups: only the sentences around the best one, and nothing folded.
        shared: The question that a button takes to another chat; "" for no such button.
        around: The passages of its document that stand next to it; of the one before and the one
            after, as many whole sentences are quoted as there is room for.
        translation: The passage that says the same in the asker's language; a button leads there.
    """
    document = hit.document
    heading = shorten(hit.heading, HEADING_LENGTH)
    title = shorten(document.title, TITLE_LENGTH) or ELLIPSIS
    source, source_type = source_label(document)
    details = [source] if source else []
    if document.published is not None:
        details.append(write_date(document.published, reader))
    if document.language != language_in(reader):
        details.append(language_label(document.language, words))
    due = today is not None and is_due(document, today)
    mark = due_label(document, reader, words) if due else ""
    lines = [heading, title, SEPARATOR.join(details), mark, ELLIPSIS]
    room = TEXT_LIMIT - sum(utf16_length(line) + 1 for line in lines)
    quotes = Quotes.choose(hit, min(WINDOW_LENGTH, room) if compact else room)
    if compact:
        quotes = quotes.unfolded()

    room -= sum(utf16_length(hit.text[start:end]) + 1 for start, end, _ in quotes.spans)
    before = _beside([other for other in around if other.start < hit.start][-1:], room // 2, -1)
    room -= sum(utf16_length(line) + 1 for line in before)
    after = _beside([other for other in around if other.start > hit.start][:1], room, 1)

    message = Composer()
    _write_beside(message, before)
    if heading and before[:1] != (heading,):
        message.new_line()
        message.write(heading, MessageEntity.ITALIC)
    for start, end, folded in quotes.spans:
        message.new_line()
        offset = message.write(
            hit.text[start:end],
            MessageEntity.EXPANDABLE_BLOCKQUOTE if folded else MessageEntity.BLOCKQUOTE,
        )
        if start <= quotes.core[0] < end:
            message.mark(
                MessageEntity.BOLD,
                offset + quotes.core[0] - start,
                quotes.core[1] - quotes.core[0],
            )
    if quotes.cut:
        message.new_line()
        message.write(ELLIPSIS)
    _write_beside(message, after if after[:1] != (heading,) else ("", *after[1:]))
    message.new_line()
    message.write_title(title, address(document))
    if details:
        message.new_line()
        for position, detail in enumerate(details):
            if position:
                message.write(SEPARATOR)
            message.write(detail, source_type if source and not position else None)
    if mark:
        message.new_line()
        message.write(mark)
    if pager is None:
        return message.finish()
    return message.finish(
        answer_keyboard(hit, pager, words, compact=compact, shared=shared, translation=translation)
    )


def render_inline_result(
    hit: Hit, reader: Voice, words: NullTranslations, *, today: date | None = None
) -> tuple[InlineQueryResultArticle, Rendered]:
    """A hit as an inline result, and the message that choosing it sends; see `render_hit`."""
    rendered = render_hit(hit, reader, words, today=today)
    core_start, core_end = sentence_spans(hit)[best_of(hit)]
    core = shorten(hit.text[core_start:core_end], DESCRIPTION_LENGTH)
    source, _ = source_label(hit.document)
    result = InlineQueryResultArticle(
        id=str(hit.passage_id),
        title=shorten(hit.document.title, TITLE_LENGTH) or ELLIPSIS,
        # The source first: clients show the beginning only.
        description=SEPARATOR.join(filter(None, (source, core))),
        input_message_content=InputTextMessageContent(rendered.text, entities=rendered.entities),
    )
    return result, rendered


def ensure_verbatim(rendered: Rendered, document_text: str) -> None:
    """Check that every quote of a message stands in the document, to the letter.

    Raises:
        NotVerbatimError: One does not.
    """
    for quote in quotes_of(rendered):
        if quote not in document_text:
            raise NotVerbatimError(
                f"a quote of {len(quote)} characters does not stand in its document: "
                "the document changed, so search again"
            )


def quotes_of(rendered: Rendered) -> Iterator[str]:
    """What a message quotes, read back from its text as Telegram would."""
    units = rendered.text.encode("utf-16-le")
    for entity in rendered.entities:
        if entity.type in QUOTE_TYPES:
            quote = units[2 * entity.offset : 2 * (entity.offset + entity.length)]
            yield quote.decode("utf-16-le", errors="replace")


def _beside(passages: Sequence[Hit], room: int, side: int) -> tuple[str, ...]:
    """The heading and the quote of the passage next to a hit; empty where it does not fit.

    Args:
        passages: That passage, or none.
        room: In UTF-16 units, for both with the ends of their lines.
        side: -1 for the one before, whose end is quoted; 1 for the one after.
    """
    for passage in passages:
        heading = shorten(passage.heading, HEADING_LENGTH)
        span = fitting(passage, room - utf16_length(heading) - 2, end=side < 0)
        if span is not None:
            return heading, passage.text[span[0] : span[1]]
    return ()


def _write_beside(message: Composer, beside: tuple[str, ...]) -> None:
    for line, kind in zip(beside, (MessageEntity.ITALIC, MessageEntity.BLOCKQUOTE), strict=False):
        if line:
            message.new_line()
            message.write(line, kind)


def _render_not_found(answer: Answer, words: NullTranslations) -> Rendered:
    """Says that nothing was found, and names up to three documents that are nearest."""
    message = Composer()
    message.write(
        words.gettext(
            "I found no answer to this in the documents I know. Perhaps other words will help."
        )
    )
    nearest = {hit.document.id: hit.document for hit in reversed(answer.hits)}
    documents = list(reversed(nearest.values()))[:3]
    if documents:
        message.new_line()
        message.new_line()
        message.write(words.gettext("The nearest titles:"))
    for document in documents:
        message.new_line()
        message.write("• ")
        title = shorten(document.title, TITLE_LENGTH) or ELLIPSIS
        message.write_title(title, address(document))
    return message.finish()
