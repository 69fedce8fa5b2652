"""From hits to Telegram messages: pure, and valid whatever the document's text is.

Formatting is given as entities, never as markup, so nothing in a text can break it. A quote
is always a slice of the passage; what the bot adds ("…", a title) stands outside of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from babel.dates import format_date
from telegram import InlineQueryResultArticle, InputTextMessageContent, MessageEntity
from telegram.constants import MessageLimit

from bot.errors import NotVerbatimError
from bot.pager import Pager

if TYPE_CHECKING:
    from collections.abc import Iterator
    from gettext import NullTranslations

    from telegram import InlineKeyboardMarkup

    from corpus.models import Document, Language
    from index.models import Answer, Hit

# All lengths are in UTF-16 units, as Telegram counts.
TEXT_LIMIT: Final = int(MessageLimit.MAX_TEXT_LENGTH)
# About eight lines on a phone: what is read at a glance.
WINDOW_LENGTH: Final = 450
# A passage up to here is shown whole: folding a sentence or two saves nothing.
WHOLE_LENGTH: Final = 600
# Headings, titles and names beyond these are cut, so that most of a message is the quote.
HEADING_LENGTH: Final = 200
TITLE_LENGTH: Final = 200
SOURCE_LENGTH: Final = 100
DESCRIPTION_LENGTH: Final = 250
URL_LENGTH: Final = 2000

QUOTE_TYPES: Final = (MessageEntity.BLOCKQUOTE, MessageEntity.EXPANDABLE_BLOCKQUOTE)
ELLIPSIS: Final = "…"
SEPARATOR: Final = " · "


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message, ready to be sent; its entities count UTF-16 units."""

    text: str
    entities: tuple[MessageEntity, ...]
    keyboard: InlineKeyboardMarkup | None = None


def render_answer(answer: Answer, reader: Language, words: NullTranslations) -> Rendered:
    """The best hit with buttons to the others, or an honest "not found"."""
    if not answer.answered or not answer.hits:
        return _render_not_found(answer, words)
    return render_hit(answer.hits[0], reader, words, Pager.of(answer, reader))


def render_hit(
    hit: Hit, reader: Language, words: NullTranslations, pager: Pager | None = None
) -> Rendered:
    """A quote with its source.

    Args:
        hit: What to quote.
        reader: The asker's language, for the date and for whether to name the document's.
        words: The catalogue of that language.
        pager: Gives the buttons; none without it.
    """
    document = hit.document
    heading = _shorten(hit.heading, HEADING_LENGTH)
    title = _shorten(document.title, TITLE_LENGTH) or ELLIPSIS
    source, source_type = _source_label(document)
    details = [source] if source else []
    if document.published is not None:
        details.append(format_date(document.published, format="long", locale=reader))
    if document.language != reader:
        details.append(_language_label(document.language, words))
    around = [heading, title, SEPARATOR.join(details), ELLIPSIS]
    quotes = _Quotes.choose(hit, TEXT_LIMIT - sum(utf16_length(line) + 1 for line in around))

    message = _Composer()
    if heading:
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
    message.new_line()
    message.write_title(title, _address(document))
    if details:
        message.new_line()
        for position, detail in enumerate(details):
            if position:
                message.write(SEPARATOR)
            message.write(detail, source_type if source and not position else None)
    return message.finish(pager.keyboard() if pager else None)


def render_inline_result(
    hit: Hit, reader: Language, words: NullTranslations
) -> tuple[InlineQueryResultArticle, Rendered]:
    """A hit as an inline result, and the message that choosing it sends."""
    rendered = render_hit(hit, reader, words)
    core_start, core_end = _sentence_spans(hit)[_best(hit)]
    result = InlineQueryResultArticle(
        id=str(hit.passage_id),
        title=_shorten(hit.document.title, TITLE_LENGTH) or ELLIPSIS,
        description=_shorten(hit.text[core_start:core_end], DESCRIPTION_LENGTH),
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


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _render_not_found(answer: Answer, words: NullTranslations) -> Rendered:
    """Says that nothing was found, and names up to three documents that are nearest."""
    message = _Composer()
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
        title = _shorten(document.title, TITLE_LENGTH) or ELLIPSIS
        message.write_title(title, _address(document))
    return message.finish()


class _Composer:
    """A message in the making; entities count characters until it is finished."""

    def __init__(self) -> None:
        self._text = ""
        self._entities: list[MessageEntity] = []

    def write(self, text: str, entity_type: str | None = None) -> int:
        """Append a text and return where it begins."""
        offset = len(self._text)
        self._text += text
        if entity_type is not None:
            self.mark(entity_type, offset, len(text))
        return offset

    def write_title(self, title: str, address: str | None) -> None:
        """Append a document's title, as a link where there is an address."""
        offset = self.write(title)
        if address is None:
            self.mark(MessageEntity.BOLD, offset, len(title))
        else:
            self.mark(MessageEntity.TEXT_LINK, offset, len(title), address)

    def mark(self, entity_type: str, offset: int, length: int, url: str | None = None) -> None:
        self._entities.append(MessageEntity(entity_type, offset, length, url=url))

    def new_line(self) -> None:
        if self._text:
            self._text += "\n"

    def finish(self, keyboard: InlineKeyboardMarkup | None = None) -> Rendered:
        entities = MessageEntity.adjust_message_entities_to_utf_16(self._text, self._entities)
        return Rendered(self._text, tuple(entities), keyboard)


@dataclass(frozen=True, slots=True)
class _Quotes:
    """What of a passage is quoted. All spans are of the passage's own text.

    Attributes:
        spans: (start, end, folded) in the passage's order; one of them is not folded.
        core: The span of the best sentence, or of what is left of it.
        cut: True where the best sentence was too long for any message.
    """

    spans: list[tuple[int, int, bool]]
    core: tuple[int, int]
    cut: bool = False

    @classmethod
    def choose(cls, hit: Hit, room: int) -> _Quotes:
        """Choose what fits into a number of UTF-16 units, nearest to the best sentence first.

        The sentences around the best one are read at once, those before and after them are
        folded. Only whole sentences are taken, unless the best one alone is too long.
        """
        sentences = _sentence_spans(hit)
        best = _best(hit)
        core = sentences[best]

        def length(first: int, last: int) -> int:
            return utf16_length(hit.text[sentences[first][0] : sentences[last][1]])

        if length(best, best) > room:
            start = core[0]
            end = start + _cut(hit.text[start : core[1]], room)
            return cls([(start, end, False)], (start, end), cut=True)

        first, last = 0, len(sentences) - 1
        if length(first, last) > min(WHOLE_LENGTH, room):
            first = last = best
            grown = True
            while grown:
                grown = False
                if last + 1 < len(sentences) and length(first, last + 1) <= WINDOW_LENGTH:
                    last += 1
                    grown = True
                if first > 0 and length(first - 1, last) <= WINDOW_LENGTH:
                    first -= 1
                    grown = True
        room -= length(first, last)

        end = last
        while end + 1 < len(sentences) and length(last + 1, end + 1) < room:
            end += 1
        if end > last:
            room -= length(last + 1, end) + 1
        start = first
        while start > 0 and length(start - 1, first - 1) < room:
            start -= 1

        ranges = [(start, first - 1, True), (first, last, False), (last + 1, end, True)]
        spans = [
            (sentences[low][0], sentences[high][1], folded)
            for low, high, folded in ranges
            if low <= high
        ]
        return cls(spans, core)


def _sentence_spans(hit: Hit) -> list[tuple[int, int]]:
    """The sentences as spans of the passage's own text, without white space around them."""
    spans = []
    for sentence in hit.sentences:
        start, end = sentence.start - hit.start, sentence.end - hit.start
        raw = hit.text[start:end]
        start += len(raw) - len(raw.lstrip())
        spans.append((start, start + len(raw.strip())))
    return spans


def _best(hit: Hit) -> int:
    """The best sentence's position; a forged button may name one that is not there."""
    return min(hit.best, len(hit.sentences) - 1)


def _cut(text: str, limit: int) -> int:
    """How many characters of a text to keep: a word's end within a limit of UTF-16 units.

    Where the first word alone is longer, it is cut, though never inside a character.
    """
    fitting = text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", errors="ignore")
    if len(fitting) < len(text) and not text[len(fitting)].isspace():
        return len(fitting.rsplit(None, 1)[0])
    return len(fitting.rstrip())


def _shorten(text: str, limit: int) -> str:
    """One line of at most `limit` UTF-16 units."""
    line = " ".join(text.split())
    if utf16_length(line) <= limit:
        return line
    return line[: _cut(line, limit - 1)] + ELLIPSIS


def _address(document: Document) -> str | None:
    """Where the original can be opened: an http(s) address, or None."""
    source = document.source
    candidates = (document.url, f"https://{source}" if source.startswith("t.me/") else source)
    return next((address for address in candidates if address and _web_parts(address)), None)


def _web_parts(address: str) -> SplitResult | None:
    """An http(s) address taken apart; None for everything else."""
    if len(address) > URL_LENGTH or not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and parts.hostname else None


def _source_label(document: Document) -> tuple[str, str | None]:
    """A short name of where a document comes from, and the entity type to show it with.

    Of a file only the name is told: a path speaks of the operator's machine. It is shown as
    code, since Telegram would make a link to a stranger's site of "guide.md".
    """
    address = _address(document)
    parts = _web_parts(address) if address else None
    if parts and parts.hostname:
        host = parts.hostname.removeprefix("www.")
        path = [part for part in parts.path.split("/") if part]
        if host == "t.me" and path and path[0] == "s":  # the preview of a channel
            del path[0]
        channel = path[0] if host == "t.me" and path and path[0] != "c" else ""
        return _shorten(f"{host}/{channel}" if channel else host, SOURCE_LENGTH), None
    source = document.source.removeprefix("file://")
    path_like = PureWindowsPath(source)
    if path_like.root or path_like.drive or source.startswith((".", "~")):
        return _shorten(path_like.name, SOURCE_LENGTH), MessageEntity.CODE
    return _shorten(source, SOURCE_LENGTH), None


def _language_label(language: Language, words: NullTranslations) -> str:
    """How one says which language a text is in: "in Polish", "па-польску"."""
    return {
        "be": words.gettext("in Belarusian"),
        "ru": words.gettext("in Russian"),
        "uk": words.gettext("in Ukrainian"),
        "pl": words.gettext("in Polish"),
        "lt": words.gettext("in Lithuanian"),
        "en": words.gettext("in English"),
        "de": words.gettext("in German"),
    }[language]
