"""/stats: how much is asked and found, as a picture and in words."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from babel import Locale
from telegram import MessageEntity
from telegram.ext import CommandHandler

from bot.composing import ELLIPSIS, Composer, shorten
from bot.freshness import today
from bot.handlers.chats import FROM_PERSON
from bot.handlers.guard import for_moderators
from bot.labels import address
from bot.voices import write_date
from corpus.models import STATES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import NullTranslations

    from telegram import Update, User
    from telegram.ext import BaseHandler

    from bot.composing import Rendered
    from bot.context import Context
    from bot.records.counts import Usage
    from bot.voices import Voice
    from corpus.models import Document

DAYS: Final = 30
MOST_DAYS: Final = 365
MOST_DOCUMENTS: Final = 5
# In UTF-16 units: five of them and all else stay within a caption's 1024 in every language.
LINE_LENGTH: Final = 90


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [CommandHandler("stats", show_statistics, filters=FROM_PERSON)]


@for_moderators
async def show_statistics(update: Update, context: Context, moderator: User) -> None:
    """Show what was asked over some days; 30 unless the command says how many."""
    if (message := update.message) is None:
        return
    words, reader = context.words_for(moderator), context.voice_of(moderator)
    given = context.args[0] if context.args else str(DAYS)
    days = int(given) if given.isascii() and given.isdigit() and len(given) <= 3 else 0
    if not 1 <= days <= MOST_DAYS:
        await message.reply_text(
            words.gettext("Give a number of days from 1 to {most}, for example: /stats 90").format(
                most=MOST_DAYS
            )
        )
        return
    last = today()
    usage: Usage = await context.in_records(
        context.records.counts.usage, last - timedelta(days - 1), last
    )
    quoted: list[Document] = await context.in_keeping(context.keeping.store.documents, *STATES)
    documents = {document.id: document for document in quoted}
    rendered = render_statistics(usage, documents, reader, words)
    if not usage.asked:
        await message.reply_text(rendered.text, entities=rendered.entities)
        return
    picture = await context.in_reading(_draw, usage, documents, reader, words)
    await message.reply_photo(
        picture,
        caption=rendered.text,
        caption_entities=rendered.entities,
        filename=f"daviedka-{last}.png",
    )


def render_statistics(
    usage: Usage, documents: Mapping[str, Document], reader: Voice, words: NullTranslations
) -> Rendered:
    """The numbers in words, short enough for a caption.

    Args:
        usage: The numbers.
        documents: Those that there are, by their ids.
        reader: The language of dates and of the languages' names.
        words: The catalogue of that language.
    """
    message = Composer()
    first, last = (write_date(usage.days[number].day, reader, "medium") for number in (0, -1))
    message.write(first if first == last else f"{first} – {last}", MessageEntity.BOLD)
    for line in _lines(usage, reader, words):
        message.new_line()
        message.write(line)
    quoted = [
        (documents[document_id], count)
        for document_id, count in usage.quoted.items()
        if document_id in documents
    ]
    if quoted:
        message.new_line()
        message.write(words.gettext("Most quoted:"))
    for document, count in islice(quoted, MOST_DOCUMENTS):
        message.new_line()
        message.write("• ")
        message.write_title(shorten(document.title, LINE_LENGTH) or ELLIPSIS, address(document))
        message.write(f" – {count}")
    return message.finish()


def _lines(usage: Usage, reader: Voice, words: NullTranslations) -> list[str]:
    if usage.asked:
        lines = [
            words.ngettext("{count} question", "{count} questions", usage.asked).format(
                count=usage.asked
            ),
            words.gettext("Answered: {count} ({share})").format(
                count=usage.answered, share=f"{usage.answered / usage.asked:.0%}"
            ),
        ]
        names = Locale(reader).languages
        languages = (f"{names.get(key, key)} {count}" for key, count in usage.languages.items())
        lines.append(words.gettext("Languages: {languages}").format(languages=", ".join(languages)))
    else:
        lines = [words.gettext("Nobody has asked anything.")]
    inline = usage.inline_answered + usage.inline_unanswered
    if inline:
        lines.append(
            words.gettext("Inline, while typing: {count}, found something: {found}").format(
                count=inline, found=usage.inline_answered
            )
        )
    if usage.chosen:
        lines.append(words.gettext("Inline quotes sent: {count}").format(count=usage.chosen))
    return lines


def _draw(
    usage: Usage, documents: Mapping[str, Document], reader: Voice, words: NullTranslations
) -> bytes:
    # Half a second and 40 MB, which only those pay who look at statistics.
    from bot.charts import Chart, draw  # noqa: PLC0415

    titles = {document_id: document.title for document_id, document in documents.items()}
    return draw(Chart(usage, titles), reader, words)
