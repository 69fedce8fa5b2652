"""/gaps: questions that found nothing, by meaning, and what moderators make of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.document_filters import parse_filter
from bot.freshness import today
from bot.gap_cards import (
    STATE_LETTERS,
    GapCard,
    render_card,
    render_list,
    render_matches,
)
from bot.grouping import encode_missing, group_questions, least_likeness
from bot.handlers import adding, wishes
from bot.handlers.chats import FROM_PERSON
from bot.handlers.guard import for_moderators
from bot.handlers.presses import answered, reply, show
from bot.handlers.prompting import ask
from bot.handlers.wishes import TELLING_DELAY, Decision, tell, tell_of_decision
from bot.intake import WebPage, Writing, material_of
from bot.lists import PAGE_LENGTH
from corpus.errors import MissingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from gettext import NullTranslations

    from telegram import Message, Update, User
    from telegram.ext import BaseHandler

    from bot.composing import Rendered
    from bot.context import App, Context, Jobs
    from bot.grouping import Gap
    from bot.records.gaps import GapState, Question
    from bot.records.prompts import Prompt
    from corpus.models import Document
    from corpus.store import Store
    from index.encoder import Encoder

# A reply of more words is the answer itself rather than a document's name.
NAME_WORDS: Final = 20
MOST_MATCHES: Final = 5

_STATES: Final = {letter: state for state, letter in STATE_LETTERS.items()}
_DECISIONS: Final[dict[str, GapState]] = {"done": "done", "with": "done", "scope": "out of scope"}
_NUMBER: Final = "[0-9]{1,18}"


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module, and of the button below questions that found nothing."""
    return [
        CommandHandler("gaps", list_gaps, filters=FROM_PERSON),
        CallbackQueryHandler(
            press_button,
            pattern=rf"^ga:(list:[ods]:[0-9]{{1,6}}|(card|done|scope|undo|answer):{_NUMBER}"
            rf"|with:{_NUMBER}:\w{{1,16}})$",
        ),
        *wishes.handlers(),
    ]


def schedule(application: App) -> None:
    """Once a day and soon after the start, forget what is old and tell what was not told yet."""
    if application.job_queue is not None:
        application.job_queue.run_repeating(tidy, timedelta(days=1), first=120)


async def tidy(context: Context) -> None:
    """Forget old questions, group new ones, and tell those who still wait of what is decided."""
    oldest = today() - timedelta(days=context.settings.gap_days)
    await context.in_records(context.records.gaps.forget_before, oldest)
    await _load(context)
    await tell(context)


@for_moderators
async def list_gaps(update: Update, context: Context, moderator: User) -> None:
    """List what is open, most asked first."""
    if (message := update.message) is not None:
        await reply(message, await _list(context, moderator, "open", 0))


@for_moderators
@answered
async def press_button(
    message: Message, context: Context, moderator: User, parts: list[str]
) -> str | None:
    """Show a list or a card, or decide on a gap."""
    words = context.words_for(moderator)
    action, *rest = parts
    if action == "list":
        state, page = _STATES[rest[0]], int(rest[1])
        await show(message, await _list(context, moderator, state, page))
        return None
    gap_id, document_id = int(rest[0]), rest[1] if action == "with" else None
    found = await _load(context)
    gap = _find(found, gap_id)
    if gap is None:
        return words.gettext("These questions are not kept any more.")
    if action == "answer":
        await ask(
            context,
            message,
            words.gettext(
                "Reply to this message with words of the document's title, its link or its id. Or "
                "send the answer itself as a file, a link or a text: it becomes a card to be "
                "published."
            ),
            subject=f"ga:answer:{gap.id}",
        )
        return None
    notice: str | None = None
    if document_id is not None:
        await context.in_keeping(_require_live, context.keeping.store, document_id)
    if action != "card":
        notice = await _decide(context, gap, action, document_id, words)
        found = await _load(context)
        gap = _find(found, gap_id)
    if gap is not None:
        await show(message, await _card(context, moderator, found, gap))
    return notice


async def receive_reply(update: Update, context: Context, moderator: User, prompt: Prompt) -> None:
    """Take a document's name, or the answer itself, for the gap that was asked about."""
    if (message := update.message) is None:
        return
    words = context.words_for(moderator)
    gap_id = int(prompt.subject.split(":")[2])
    material = material_of(message)
    by_name = isinstance(material, WebPage) or (
        isinstance(material, Writing)
        and message.forward_origin is None
        and len(material.text.split()) <= NAME_WORDS
    )
    documents: Sequence[Document] = []
    if by_name:
        documents = await _find_documents(context, (message.text or message.caption or "").strip())
    if documents:
        await reply(message, render_matches(gap_id, documents, words))
    elif by_name and isinstance(material, Writing):
        await message.reply_text(
            words.gettext(
                "No document is called so. Reply once more with other words, its link, or the "
                "answer itself as a file or a longer text."
            )
        )
        return
    else:
        await adding.receive(update, context, moderator)
        if material is None:
            return
        await message.reply_text(
            words.gettext(
                "Once it is published, press Done on the card of these questions: then those who "
                "wait for an answer are told."
            ),
            reply_markup=InlineKeyboardMarkup.from_button(
                InlineKeyboardButton(
                    words.gettext("Back to the questions"), callback_data=f"ga:card:{gap_id}"
                )
            ),
        )
    await context.in_records(context.records.prompts.settle, prompt.chat_id, prompt.message_id)


async def _decide(
    context: Context, gap: Gap, action: str, document_id: str | None, words: NullTranslations
) -> str:
    """Mark a gap, and have those told who wait; the notice to show."""
    gaps = context.records.gaps
    if action == "undo":
        _cancel_telling(context, gap)
        reopened = await context.in_records(gaps.mark, gap.ids, "open", unless=[])
        return words.gettext("Open again.") if reopened else words.gettext("It is open already.")
    state = _DECISIONS[action]
    others: list[GapState] = [other for other in STATE_LETTERS if other not in {"open", state}]
    if not await context.in_records(gaps.mark, gap.ids, state, unless=others):
        return words.gettext("Somebody has decided on this already.")
    waiting = await context.in_records(gaps.wishers, gap.ids)
    if not waiting:
        return words.gettext("Done.") if state == "done" else words.gettext("Out of scope.")
    if (jobs := _jobs(context)) is not None:
        _cancel_telling(context, gap)
        jobs.run_once(
            tell_of_decision,
            TELLING_DELAY,
            data=Decision(frozenset(gap.ids), document_id),
            name=_job_name(gap),
        )
    return words.ngettext(
        "{count} person is told in a minute, unless you undo it.",
        "{count} people are told in a minute, unless you undo it.",
        waiting,
    ).format(count=waiting)


def _cancel_telling(context: Context, gap: Gap) -> None:
    if (jobs := _jobs(context)) is not None:
        for job in jobs.get_jobs_by_name(_job_name(gap)):
            job.schedule_removal()


def _jobs(context: Context) -> Jobs | None:
    # The library types it by a variable that stands for nothing here.
    return cast("Jobs | None", context.job_queue)


def _job_name(gap: Gap) -> str:
    return f"tell of gap {gap.id}"


async def _list(context: Context, moderator: User, state: GapState, page: int) -> Rendered:
    gaps = _in_state(await _load(context), state)
    page = max(0, min(page, (len(gaps) - 1) // PAGE_LENGTH))
    shown = gaps[page * PAGE_LENGTH :][:PAGE_LENGTH] if state == "open" else []
    answers = await asyncio.gather(*(context.search.search(gap.typical, 1) for gap in shown))
    now = {gap.id: answer.answered for gap, answer in zip(shown, answers, strict=True)}
    reader = context.voice_of(moderator)
    return render_list(gaps, state, page, reader, context.words(reader), answered=now)


async def _card(context: Context, moderator: User, found: Sequence[Gap], gap: Gap) -> Rendered:
    card = GapCard(
        gap=gap,
        answer=await context.search.search(gap.typical),
        wishers=await context.in_records(context.records.gaps.wishers, gap.ids),
        page=_in_state(found, gap.state).index(gap) // PAGE_LENGTH,
    )
    reader = context.voice_of(moderator)
    return render_card(card, reader, context.words(reader))


async def _load(context: Context) -> list[Gap]:
    """All gaps; questions that belong to one out of scope are marked so."""
    gaps = context.records.gaps
    encoder = context.keeping.index.encoder
    questions: list[Question] = await context.in_records(gaps.questions)
    embeddings = await context.in_reading(encode_missing, questions, encoder)
    if embeddings:
        await context.in_records(gaps.keep_embeddings, encoder.name, embeddings)
        questions = [
            replace(
                question,
                model=encoder.name,
                embedding=embeddings.get(question.id, question.embedding),
            )
            for question in questions
        ]
    found = await context.in_reading(_group, questions, encoder)
    joined = [gap.ids for gap in found if gap.state == "out of scope"]
    late = [question_id for ids in joined for question_id in ids]
    if late:
        await context.in_records(gaps.mark, late, "out of scope", unless=["done"])
    return found


def _group(questions: Sequence[Question], encoder: Encoder) -> list[Gap]:
    if not questions:
        return []
    least = least_likeness(encoder)  # type: ignore[arg-type]  # an encoder is hashed by identity
    return group_questions(questions, least)


def _in_state(gaps: Sequence[Gap], state: GapState) -> list[Gap]:
    """Those in one state, most asked first, and of these the latest."""
    return sorted(
        (gap for gap in gaps if gap.state == state),
        key=lambda gap: (-gap.asked, -gap.last.toordinal(), gap.id),
    )


def _find(gaps: Sequence[Gap], question_id: int) -> Gap | None:
    return next((gap for gap in gaps if question_id in gap.all_ids), None)


def _require_live(store: Store, document_id: str) -> None:
    """Refuse a document that nobody could be sent to.

    Raises:
        MissingError: It is not there, or not live.
    """
    if store.document(document_id).state != "live":
        raise MissingError(document_id)


async def _find_documents(context: Context, text: str) -> list[Document]:
    """The documents that a moderator may mean: by title, link or id, else by content."""
    wanted = parse_filter(text, default=("live",))
    documents: list[Document] = await context.in_keeping(context.keeping.store.documents)
    named = [
        document
        for document in documents
        if text in {document.id, document.source, document.url}
        or wanted.fits(document, str, today())
    ]
    if not named and "://" not in text:
        answer = await context.search.search(text)
        named = list({hit.document.id: hit.document for hit in answer.hits}.values())
    return named[:MOST_MATCHES]
