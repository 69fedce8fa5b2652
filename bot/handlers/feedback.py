"""What people think of answers: by 👍 and 👎 under them, by reactions, by what they send on.

Kept are the question and the passage, and of the time the day; see `bot.records.judgements`. An
answer has one judgement, in groups, too: whoever presses there changes it or takes it back, so
that many who press count no more than one who asks. A reaction is its sender's: others who react
to the same answer are passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from telegram import ReactionTypeEmoji
from telegram.constants import ReactionEmoji
from telegram.ext import CallbackQueryHandler, ChosenInlineResultHandler, MessageReactionHandler

from bot.anonymity import is_anonymous
from bot.followups import stands_alone
from bot.freshness import today
from bot.handlers.checks import NO_MESSAGE, NOT_MODIFIED, harmless
from bot.handlers.presses import answered
from bot.handlers.recording import recorded
from bot.marks import Mark
from bot.records.judgements import Judgement
from bot.smalltalk import strip_greeting
from bot.thumbs import PREFIX, Thumb, judged_passages, mark
from corpus.language import detect_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telegram import Message, ReactionType, Update, User
    from telegram.ext import BaseHandler

    from bot.bridge import Search
    from bot.context import Context
    from bot.records.judgements import JudgementKind, Receipt, Verdict
    from corpus.models import Language
    from index.models import Hit

# As many as an inline query is ever shown.
_MOST_HITS: Final = 50

_REACTIONS: Final[dict[str, Verdict]] = {
    ReactionEmoji.THUMBS_UP: 1,
    ReactionEmoji.RED_HEART: 1,
    ReactionEmoji.FIRE: 1,
    ReactionEmoji.CLAPPING_HANDS: 1,
    ReactionEmoji.PERSON_WITH_FOLDED_HANDS: 1,
    ReactionEmoji.THUMBS_DOWN: -1,
}


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [
        CallbackQueryHandler(press_thumb, pattern=f"^{PREFIX}:"),
        MessageReactionHandler(
            receive_reaction,
            message_reaction_types=MessageReactionHandler.MESSAGE_REACTION_UPDATED,
        ),
        ChosenInlineResultHandler(receive_chosen),
    ]


async def press_thumb(update: Update, context: Context) -> None:
    """Keep, change or take back what somebody thinks of an answer."""
    if (press := update.callback_query) is not None:
        await _press(update, context, press.from_user)


async def receive_reaction(update: Update, context: Context) -> None:
    """Keep, change or take back what a reaction to a recent answer says."""
    if (reaction := update.message_reaction) is None:
        return
    chat_id, message_id = reaction.chat.id, reaction.message_id
    exchange = context.memory.of_answer(chat_id, message_id)
    sender = reaction.user or reaction.actor_chat
    if exchange is None or exchange.passage_id is None or sender is None:
        return
    judgements, marks = context.records.judgements, context.bot_data.marks
    place = (chat_id, message_id, exchange.passage_id)
    verdict, before = _verdict(reaction.new_reaction), _verdict(reaction.old_reaction)
    async with marks.changing:
        known = marks.find(place)
        if known is not None and known.by != sender.id:
            return
        if verdict is None:
            if known is not None and before is not None:
                await recorded(context, judgements.take_back, known.receipt, before)
                marks.set(place, None)
            return
        if known is not None:
            await recorded(context, judgements.change, known.receipt, verdict)
            return
        judgement = await _judge(
            context, "reaction", verdict, exchange.topic, passage_id=exchange.passage_id
        )
        if judgement is not None:
            receipt = await recorded(context, judgements.keep, judgement)
            marks.set(place, Mark(receipt, sender.id) if receipt else None)


async def receive_chosen(update: Update, context: Context) -> None:
    """Keep that somebody sent an inline result on as the answer to what they typed."""
    chosen = update.chosen_inline_result
    if chosen is None or re.fullmatch("[0-9]{1,10}", chosen.result_id) is None:
        return
    query = strip_greeting(chosen.query.strip())
    if not is_anonymous(query):
        return
    judgement = await _judge(context, "chosen", 1, query, passage_id=int(chosen.result_id))
    if judgement is not None:
        await recorded(context, context.records.judgements.keep, judgement)


@answered
async def _press(message: Message, context: Context, user: User, parts: list[str]) -> str | None:
    words, marks = context.words_for(user), context.bot_data.marks
    thumb = _find_thumb(message, parts)
    if thumb is None or message.reply_markup is None:
        return words.gettext("This button is too old. Please ask again.")
    place = (message.chat_id, message.message_id, thumb.passage_id)
    async with marks.changing:
        receipt = await _judge_by_thumb(context, message, thumb, marks.find(place))
        marks.set(place, Mark(receipt, None) if receipt else None)
    if receipt is None and thumb.receipt is None:
        return words.gettext("This passage is no longer there. Please ask again.")
    keyboard = mark(message.reply_markup, receipt, thumb.verdict if receipt else None)
    with harmless(NOT_MODIFIED, NO_MESSAGE):
        await message.edit_reply_markup(keyboard)
    if receipt is None:
        return words.gettext("I have taken that back.")
    return words.gettext("Thank you! That helps to answer better.")


async def _judge_by_thumb(
    context: Context, message: Message, thumb: Thumb, known: Mark | None
) -> Receipt | None:
    """Keep, change or take back a judgement; None where none stands then."""
    judgements = context.records.judgements
    if thumb.receipt is not None and await context.in_records(
        judgements.take_back, thumb.receipt, thumb.verdict
    ):
        return None
    receipt = thumb.receipt or (known.receipt if known else None)
    if receipt is not None and await context.in_records(judgements.change, receipt, thumb.verdict):
        return receipt
    if thumb.receipt is not None:
        return None
    judgement = await _judge(
        context,
        "button",
        thumb.verdict,
        _question(context, message),
        passage_id=thumb.passage_id,
        best=thumb.best,
    )
    return await context.in_records(judgements.keep, judgement) if judgement else None


def _find_thumb(message: Message, parts: list[str]) -> Thumb | None:
    """What was pressed; None for what is not under this message, such as a forged button."""
    try:
        thumb = Thumb.decode(":".join((PREFIX, *parts)))
    except ValueError:
        return None
    shown = judged_passages(message.reply_markup)
    return thumb if (thumb.passage_id, thumb.best) in shown else None


def _question(context: Context, message: Message) -> str:
    """What an answer answers; "" where that is not known any more."""
    exchange = context.memory.of_answer(message.chat_id, message.message_id)
    if exchange is not None:
        return exchange.topic
    if (asked := message.reply_to_message) is None:
        return ""
    # In groups the bot is called before it is asked.
    called = rf"^/\w+(@\w+)?|@{re.escape(context.bot.username)}\b"
    text = re.sub(called, "", asked.text or asked.caption or "", flags=re.IGNORECASE)
    question = strip_greeting(text.strip(" \t\n,.:;!–—-"))
    # A follow-up says too little without what it follows.
    return question if stands_alone(question) else ""


async def _judge(
    context: Context,
    kind: JudgementKind,
    verdict: Verdict,
    question: str,
    *,
    passage_id: int,
    best: int | None = None,
) -> Judgement | None:
    """A judgement without what could tell who gave it; None where the passage is gone.

    Args:
        context: The handler's.
        kind: How it was given.
        verdict: What was thought.
        question: As it was asked; "" where it is not known.
        passage_id: What was shown.
        best: The position of its core sentence; None to look for it.
    """
    hit, language = await context.search.run(_find, question, passage_id, best)
    if hit is None:
        return None
    kept = is_anonymous(question)
    return Judgement(
        day=today(),
        kind=kind,
        verdict=verdict,
        question=" ".join(question.split()) if kept else "",
        language=language if kept else "",
        document_id=hit.document.id,
        source=hit.document.source,
        quote=hit.quote(hit.sentence).strip(),
    )


def _find(
    search: Search, question: str, passage_id: int, best: int | None
) -> tuple[Hit | None, Language]:
    """A passage that was shown, and the question's language."""
    if best is not None:
        return search.hit(passage_id, best), detect_language(question).language
    answer = search.search(question, _MOST_HITS)
    hits = (hit for hit in answer.hits if hit.passage_id == passage_id)
    return next(hits, None), answer.language.language


def _verdict(reactions: Iterable[ReactionType]) -> Verdict | None:
    """What somebody's reactions say together; None for nothing, or one thing and its opposite."""
    verdicts = {
        _REACTIONS[reaction.emoji]
        for reaction in reactions
        if isinstance(reaction, ReactionTypeEmoji) and reaction.emoji in _REACTIONS
    }
    return verdicts.pop() if len(verdicts) == 1 else None
