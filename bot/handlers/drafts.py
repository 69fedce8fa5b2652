"""What moderators decide on the card of a draft: publish, replace, edit, discard, take it back."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from telegram.constants import CallbackQueryLimit
from telegram.ext import CallbackQueryHandler

from bot import fields
from bot.composing import Rendered, shorten
from bot.draft_cards import render_batch, render_decided, render_draft
from bot.errors import StaleDraftError
from bot.fields import FIELDS
from bot.handlers.checks import NO_MESSAGE, NOT_MODIFIED, STALE_QUERY, harmless
from bot.handlers.failures import outline
from bot.handlers.guard import for_moderators
from bot.handlers.presses import message_of
from bot.handlers.prompting import ask
from bot.records.moderators import identity
from corpus.errors import ConflictError, CorpusError, MissingError
from index.errors import SearchError
from index.likeness import Alike, find_alike

if TYPE_CHECKING:
    from collections.abc import Sequence
    from gettext import NullTranslations

    from telegram import CallbackQuery, Message, Update, User
    from telegram.ext import BaseHandler

    from bot.context import Context, Jobs
    from bot.fields import Field
    from bot.keeping import Published
    from bot.records.drafts import DraftMetadata, StoredDraft
    from bot.records.prompts import Prompt
    from bot.voices import Voice
    from corpus.models import Document
    from corpus.store import Draft, Store

logger = logging.getLogger(__name__)

NOTICE_LENGTH: Final = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
# After so many of a batch its card says how far it has come.
_BATCH_STEP: Final = 10


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [
        CallbackQueryHandler(
            decide, pattern=r"^dr:((publish|discard|undo):[0-9a-f]+|replace:[0-9a-f]+:\w+)$"
        ),
        CallbackQueryHandler(ask_for_value, pattern=r"^dr:(title|date|link):[0-9a-f]+$"),
        CallbackQueryHandler(decide_on_batch, pattern=r"^dr:(all|none|back):[0-9a-f]+$"),
    ]


@for_moderators
async def decide(update: Update, context: Context, moderator: User) -> None:
    """Publish, replace, discard, or take that back, and show the card as it is then."""
    if (press := update.callback_query) is None or press.data is None:
        return
    _, action, draft_id, *document_id = press.data.split(":")
    words = context.words_for(moderator)
    by = identity(moderator.id)
    drafts, keeping = context.records.drafts, context.keeping
    failed = True
    try:
        # In the one thread, so that of two presses the second one finds it decided.
        if action == "publish":
            published = await context.in_keeping(_publish, context, draft_id, by)
            notice = _publish_notice(published, words)
        elif action == "replace":
            published = await context.in_keeping(keeping.replace, draft_id, document_id[0], by)
            notice = _publish_notice(published, words)
        elif action == "discard":
            await context.in_keeping(drafts.close, draft_id, "discarded", by)
            notice = words.gettext("Discarded.")
        else:
            await context.in_keeping(keeping.take_back, draft_id, by)
            notice = words.gettext("Taken back: you can decide again.")
        failed = False
    except StaleDraftError as error:
        notice = await _stale(context, error, words)
    except MissingError:
        notice = words.gettext("That document is gone: nothing was changed.")
    except ConflictError:
        notice = (
            words.gettext("The document was changed since: take the later change back first.")
            if action == "undo"
            else words.gettext("Another document comes from the same place: replace that one.")
        )
    except SearchError as error:
        _log_failure(action, error)
        notice = words.gettext(
            "It is stored, but the search could not be brought up to date. The next change will do "
            "it."
        )
    except CorpusError as error:
        _log_failure(action, error)
        notice = failure(words)
    with harmless(STALE_QUERY):
        await press.answer(shorten(notice, NOTICE_LENGTH), show_alert=failed)
    await _refresh_pressed(press, context, draft_id, moderator)


@for_moderators
async def decide_on_batch(update: Update, context: Context, moderator: User) -> None:
    """Decide on many drafts; whoever is decided on already stays so."""
    press = update.callback_query
    if press is None or press.data is None:
        return
    words = context.words_for(moderator)
    if (card := message_of(press)) is None:
        with harmless(STALE_QUERY):
            await press.answer(_too_old(words), show_alert=True)
        return
    _, action, batch = press.data.split(":")
    drafts = await context.in_records(context.records.drafts.batch, batch)
    affected = [draft for draft in drafts if (draft.state == "open") == (action != "back")]
    with harmless(STALE_QUERY):
        if not drafts:
            await press.answer(_too_old(words), show_alert=True)
        elif not affected:
            await press.answer(words.gettext("This has been decided already."))
        else:
            await press.answer()
    changed_since = 0
    for number, draft in enumerate(affected, start=1):
        try:
            await context.in_keeping(_decide_one, context, action, draft.id, identity(moderator.id))
        except (MissingError, ConflictError):
            changed_since += 1
        except (CorpusError, SearchError) as error:
            _log_failure(action, error)
            await card.reply_text(failure(words))
            break
        if number % _BATCH_STEP == 0 and number < len(affected):
            await _edit(card, Rendered(f"{number} / {len(affected)}", ()))
    if changed_since:
        await card.reply_text(
            words.ngettext(
                "{n} document was left as it is, since it was changed meanwhile.",
                "{n} documents were left as they are, since they were changed meanwhile.",
                changed_since,
            ).format(n=changed_since)
        )
    if drafts:
        drafts = await context.in_records(context.records.drafts.batch, batch)
        await _edit(card, render_batch(batch, drafts, words))
    else:
        with harmless(NOT_MODIFIED, NO_MESSAGE):
            await card.edit_reply_markup(None)


def _log_failure(action: str, error: Exception) -> None:
    # Without its message, which may quote what was sent.
    logger.error("%s failed: %s", action, outline(error))


def _decide_one(context: Context, action: str, draft_id: str, by: str) -> None:
    """Decide on one of a batch; nothing is done where it was decided on meanwhile."""
    drafts, keeping = context.records.drafts, context.keeping
    with suppress(StaleDraftError):
        if action == "back":
            keeping.take_back(draft_id, by)
        elif action == "none" or _publish(context, draft_id, by) is None:
            drafts.close(draft_id, "discarded", by)


def _publish(context: Context, draft_id: str, by: str) -> Published | None:
    """Publish a draft; None where that would change nothing, as its text can be found already.

    Its card did not say so: the text came in after it was shown.
    """
    draft = context.records.drafts.get_open(draft_id).draft
    if _is_there(context.keeping.store, draft):
        return None
    return context.keeping.publish(draft_id, by)


def _publish_notice(published: Published | None, words: NullTranslations) -> str:
    if published is None:
        return words.gettext("This very text can be found already: there is nothing to publish.")
    if published.outcome == "added":
        return words.gettext("Published: it can be found now.")
    return words.gettext("Replaced: the new text can be found now.")


def _is_there(store: Store, draft: Draft) -> bool:
    """Whether a draft's text can be found already, unless its source calls it something else."""
    same_source = store.find(draft.source)
    known = same_source or store.find_content(draft.content_hash)
    if known is None or known.state != "live" or known.content_hash != draft.content_hash:
        return False
    return same_source is None or (known.title, known.published, known.url) == (
        draft.title,
        draft.published,
        draft.url,
    )


# --- editing --------------------------------------------------------------------------------


@for_moderators
async def ask_for_value(update: Update, context: Context, moderator: User) -> None:
    """Ask for another title, date or link."""
    press = update.callback_query
    if press is None or press.data is None:
        return
    _, field, draft_id = press.data.split(":")
    words = context.words_for(moderator)
    if (card := message_of(press)) is None:
        with harmless(STALE_QUERY):
            await press.answer(_too_old(words), show_alert=True)
        return
    try:
        await context.in_records(context.records.drafts.get_open, draft_id)
    except StaleDraftError as error:
        with harmless(STALE_QUERY):
            await press.answer(await _stale(context, error, words), show_alert=True)
        await _refresh_pressed(press, context, draft_id, moderator)
        return
    with harmless(STALE_QUERY):
        await press.answer()
    await ask(
        context,
        card,
        fields.question(_field(field), words),
        subject=f"dr:{field}:{draft_id}",
        card_id=card.message_id,
    )


async def receive_value(
    message: Message, context: Context, moderator: User, prompt: Prompt
) -> None:
    """Check a value and bring the card up to date, or ask again."""
    _, field, draft_id = prompt.subject.split(":")
    words = context.words_for(moderator)
    metadata = cast("DraftMetadata | None", fields.parse(_field(field), message.text or ""))
    await context.in_records(context.records.prompts.settle, prompt.chat_id, prompt.message_id)
    if metadata is None:
        text = " ".join([words.gettext("This will not do."), fields.question(_field(field), words)])
        await ask(context, message, text, subject=prompt.subject, card_id=prompt.card_id)
        return
    try:
        edited = await context.in_keeping(context.records.drafts.edit, draft_id, **metadata)
    except StaleDraftError as error:
        await message.reply_text(await _stale(context, error, words))
    else:
        await message.reply_text(words.gettext("Changed. The card shows it."))
        if "title" in metadata:
            embed_ahead(context, edited)
    if prompt.card_id is not None:
        await _refresh(context, prompt.chat_id, prompt.card_id, draft_id, moderator)


def _field(name: str) -> Field:
    return next(field for field in FIELDS if field == name)


# --- showing --------------------------------------------------------------------------------


async def render_card(context: Context, stored: StoredDraft, voice: Voice) -> Rendered:
    """The card of a draft as it is now.

    Raises:
        StoreError: The database fails.
        EncodingError: The model fails.
    """
    words = context.words(voice)
    keeping = context.keeping
    if stored.state == "open":
        alike = await context.in_reading(find_alike, stored.draft, keeping.store, keeping.index)
        if stored.replaces is not None:
            alike = await context.in_reading(_put_first, alike, keeping.store, stored.replaces)
        return render_draft(stored, alike, voice, words)
    document: Document | None = None
    if stored.document_id is not None:
        with suppress(MissingError):
            document = await context.in_reading(keeping.store.document, stored.document_id)
    name = await context.in_records(context.records.name, stored.decided_by or "")
    return render_decided(stored, document, name, voice, words)


def _put_first(alike: Sequence[Alike], store: Store, document_id: str) -> list[Alike]:
    """The document that a draft is meant to replace, before all others, however like it is."""
    found = {one.document.id: one for one in alike}
    with suppress(MissingError):
        document = store.document(document_id)
        meant = found.pop(document_id, Alike(document, "older version", 0.0, 0))
        return [replace(meant, kind="older version"), *found.values()]
    return list(alike)


async def _refresh_pressed(
    press: CallbackQuery, context: Context, draft_id: str, moderator: User
) -> None:
    if (message := message_of(press)) is not None:
        await _refresh(context, message.chat_id, message.message_id, draft_id, moderator)


async def _refresh(
    context: Context, chat_id: int, card_id: int, draft_id: str, moderator: User
) -> None:
    """Show a card as its draft is now; without buttons where it is gone."""
    try:
        stored = await context.in_records(context.records.drafts.get, draft_id)
    except StaleDraftError:
        with harmless(NOT_MODIFIED, NO_MESSAGE):
            await context.bot.edit_message_reply_markup(chat_id, card_id)
        return
    rendered = await render_card(context, stored, context.voice_of(moderator))
    with harmless(NOT_MODIFIED, NO_MESSAGE):
        await context.bot.edit_message_text(
            rendered.text,
            chat_id,
            card_id,
            entities=rendered.entities,
            reply_markup=rendered.keyboard,
        )


async def _edit(message: Message, rendered: Rendered) -> None:
    with harmless(NOT_MODIFIED, NO_MESSAGE):
        await message.edit_text(
            rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
        )


async def _stale(context: Context, error: StaleDraftError, words: NullTranslations) -> str:
    if error.by is None:
        return _too_old(words)
    name = await context.in_records(context.records.name, error.by)
    if error.state == "published":
        return words.gettext("Already published by {name}.").format(name=name)
    return words.gettext("Already discarded by {name}.").format(name=name)


def _too_old(words: NullTranslations) -> str:
    return words.gettext("This card is too old. Please send the document again.")


def failure(words: NullTranslations) -> str:
    """What a moderator is told where the bot itself fails."""
    return words.gettext("Something went wrong on my side. Please try again in a moment.")


# --- in the background ----------------------------------------------------------------------


def embed_ahead(context: Context, stored: StoredDraft) -> None:
    """Let a draft be embedded in the background, so that it is found at once when published."""
    # The library types it by a variable that stands for nothing here.
    queue = cast("Jobs | None", context.job_queue)
    draft = stored.draft
    # Another title makes other embeddings.
    name = f"embed {stored.id} {draft.embedding_key(draft.passages[0])}"
    if queue is not None and not queue.get_jobs_by_name(name):
        queue.run_once(embed_some, 0, data=stored, name=name)


async def embed_some(context: Context) -> None:
    """Embed a few passages of an open draft, and see to it that the others follow."""
    if context.job is None:
        return
    stored = cast("StoredDraft", context.job.data)
    draft = stored.draft
    try:
        if not await context.in_records(context.records.drafts.awaits, stored.id, draft.title):
            return
        embedded = await context.in_reading(context.keeping.index.embed_ahead, draft, lambda: True)
    except (CorpusError, SearchError) as error:
        # Publish encodes what is missing.
        logger.warning("a draft could not be embedded ahead: %s", outline(error))
        return
    if embedded:
        embed_ahead(context, stored)
