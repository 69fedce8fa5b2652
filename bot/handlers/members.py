"""What everybody may ask the bot about itself: /start, /help, /language, /sources and the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from telegram.constants import ChatType
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.freshness import today
from bot.handlers.chats import FROM_PERSON
from bot.handlers.checks import still_verbatim
from bot.handlers.limiting import limited
from bot.handlers.presses import answered, refuse, reply, show
from bot.library_cards import render_latest, render_sources
from bot.member_cards import (
    Known,
    render_forgotten,
    render_greeting,
    render_group_help,
    render_help,
    render_languages,
    render_link,
    render_privacy,
    sample_documents,
)
from bot.memory import Exchange
from bot.rendering import render_answer
from bot.voices import VOICES

if TYPE_CHECKING:
    from telegram import Message, Update, User
    from telegram.ext import BaseHandler

    from bot.composing import Rendered
    from bot.context import Context
    from bot.handlers.guard import Guarded, Handler
    from bot.library_cards import ListKind
    from bot.voices import Voice
    from index.models import Answer

# A document's best passage for its own title is among so many.
_SAMPLE_HITS: Final = 50
_LISTS: Final = {"latest": render_latest, "sources": render_sources}


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    commands = {
        "start": limited(greet),
        "help": limited(help_asker),
        "language": limited(offer_languages),
        "latest": limited(_listing("latest")),
        "sources": limited(_listing("sources")),
        "privacy": limited(tell_privacy),
        # Whoever wants to be forgotten is, however often they ask.
        "forget": forget,
    }
    voices = "|".join(VOICES)
    presses = {
        r"^st:[0-9a-z]{1,16}$": answered(answer_sample),
        rf"^la:({voices}|auto)$": answered(choose_language),
        rf"^so:(latest|sources):[0-9]{{1,6}}:({voices})$": answered(turn_list),
        r"^fo:me$": answered(press_forget),
        r"^(st|la|so|fo):": refuse,
    }
    return [
        *(CommandHandler(name, call, filters=FROM_PERSON) for name, call in commands.items()),
        *(CallbackQueryHandler(_by_anyone(press), pattern) for pattern, press in presses.items()),
    ]


async def greet(update: Update, context: Context) -> None:
    """Say what the bot is, or go on with what a link from a group is about."""
    if (message := update.message) is None:
        return
    go_on = _LINKED.get(context.args[0]) if context.args else None
    if go_on is not None:
        await go_on(update, context)
    elif message.chat.type != ChatType.PRIVATE:
        await help_asker(update, context)
    else:
        voice = context.voice_of(message.from_user)
        documents = await context.in_keeping(context.keeping.store.documents, "live")
        samples = sample_documents(documents, voice)
        days = context.settings.gap_days
        await reply(message, render_greeting(samples, days, context.words(voice)))


async def help_asker(update: Update, context: Context) -> None:
    """Show how to ask, with examples."""
    if (message := update.message) is None:
        return
    render = render_help if message.chat.type == ChatType.PRIVATE else render_group_help
    await reply(message, render(context.bot.username, context.words_for(message.from_user)))


async def offer_languages(update: Update, context: Context) -> None:
    """Offer the languages in which the bot speaks."""
    if (message := update.message) is None or (user := message.from_user) is None:
        return
    words = context.words_for(user)
    if message.chat.type == ChatType.PRIVATE:
        await reply(message, render_languages(context.bot_data.voices.get(user.id), words))
    else:
        text = words.gettext("I speak with everybody as they choose for themselves.")
        await reply(message, render_link(context.bot.username, "language", text, words))


async def tell_privacy(update: Update, context: Context) -> None:
    """Tell what is kept and what is not; what is known of someone is for them alone."""
    if (message := update.message) is None or (user := message.from_user) is None:
        return
    voice, days = context.voice_of(user), context.settings.gap_days
    words = context.words(voice)
    if message.chat.type == ChatType.PRIVATE:
        known = await _known(context, user)
        await reply(message, render_privacy(known, days, voice, words))
    else:
        general = render_privacy(None, days, voice, words)
        link = render_link(context.bot.username, "privacy", "", words)
        await reply(message, replace(general, keyboard=link.keyboard))


async def forget(update: Update, context: Context) -> None:
    """Delete what is known of someone."""
    if (message := update.message) is not None and message.from_user is not None:
        await reply(message, await _forgotten(context, message.from_user))


async def answer_sample(
    message: Message, context: Context, user: User, parts: list[str]
) -> str | None:
    """Answer a document's title with what stands in that document.

    It can be followed by a question as any answer, but it is not counted: nobody has asked it.
    """
    voice = context.voice_of(user)
    words = context.words(voice)
    admission = context.limits.admit(user.id, message.chat_id)
    if not admission.admitted:
        return words.ngettext(
            "So many questions at once! Please wait {count} second, then ask again.",
            "So many questions at once! Please wait {count} seconds, then ask again.",
            admission.wait,
        ).format(count=admission.wait)
    document = await context.in_keeping(context.keeping.store.document, parts[0])
    answer = _prefer(
        await context.search.search(document.title, _SAMPLE_HITS), document_id=document.id
    )
    if not answer.answered:
        return words.gettext("This document is gone. /latest shows those that are there.")
    hit = answer.hits[0]
    rendered = render_answer(answer, voice, words, today=today(), shared=document.title)
    if not still_verbatim(rendered, hit, await context.search.document_text(hit.document.id)):
        return words.gettext("This document has just changed. Please ask again.")
    sent = await message.reply_text(
        rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
    )
    exchange = Exchange(
        question=document.title,
        topic=document.title,
        subject=document.title,
        passage_id=hit.passage_id,
        document_id=document.id,
        voice=voice,
        question_id=message.message_id,
        answer_id=sent.message_id,
    )
    context.memory.remember(exchange, chat_id=message.chat_id, user_id=user.id)
    return None


async def choose_language(
    message: Message, context: Context, user: User, parts: list[str]
) -> str | None:
    """Keep how someone wants to be spoken to, or forget it."""
    voices, languages = context.bot_data.voices, context.records.languages
    chosen = next((voice for voice in VOICES if voice == parts[0]), None)
    if chosen is None:
        await context.in_records(languages.forget, user.id)
        voices.pop(user.id, None)
    else:
        await context.in_records(languages.choose, user.id, chosen)
        voices[user.id] = chosen
    words = context.words_for(user)
    await show(message, render_languages(chosen, words))
    if chosen is None:
        return words.gettext("I speak the language that you have set for Telegram.")
    return words.gettext("From now on I speak like this.")


async def turn_list(
    message: Message,
    context: Context,
    user: User,  # noqa: ARG001  # all acts have the same arguments
    parts: list[str],
) -> str | None:
    """Show another page of a list, in the language in which it was asked for."""
    kind: ListKind = "latest" if parts[0] == "latest" else "sources"
    voice = next(voice for voice in VOICES if voice == parts[2])
    await show(message, await _list_page(context, kind, int(parts[1]), voice))
    return None


async def press_forget(
    message: Message,
    context: Context,
    user: User,
    parts: list[str],  # noqa: ARG001
) -> str | None:
    """Delete what is known of who presses."""
    rendered = await _forgotten(context, user)
    await show(message, rendered)
    return None


def _by_anyone(press: Guarded) -> Handler:
    async def handler(update: Update, context: Context) -> None:
        if update.callback_query is not None:
            await press(update, context, update.callback_query.from_user)

    return handler


def _listing(kind: ListKind) -> Handler:
    async def send_list(update: Update, context: Context) -> None:
        if (message := update.message) is not None:
            voice = context.voice_of(message.from_user)
            await reply(message, await _list_page(context, kind, 0, voice))

    return send_list


async def _list_page(context: Context, kind: ListKind, page: int, voice: Voice) -> Rendered:
    documents = await context.in_keeping(context.keeping.store.documents, "live")
    return _LISTS[kind](documents, page, voice, context.words(voice))


async def _known(context: Context, user: User) -> Known:
    records = context.records
    wishes = await context.in_records(records.gaps.wishes_of, user.id)
    moderator = await context.in_records(records.moderators.find, user.id)
    return Known(context.bot_data.voices.get(user.id), tuple(wishes), moderator is not None)


async def _forgotten(context: Context, user: User) -> Rendered:
    """Forget someone; what to say of it, as they were spoken to before."""
    words, records = context.words_for(user), context.records
    await context.in_records(records.languages.forget, user.id)
    # In a private chat the chat's id is the user's.
    await context.in_records(records.gaps.forget_wishes, user.id)
    context.bot_data.voices.pop(user.id, None)
    context.memory.forget(user.id)
    moderator = await context.in_records(records.moderators.find, user.id)
    return render_forgotten(words, moderator=moderator is not None)


def _prefer(answer: Answer, document_id: str) -> Answer:
    """The same answer with the hits of one document first; unanswered where there are none."""
    own = [hit for hit in answer.hits if hit.document.id == document_id]
    others = [hit for hit in answer.hits if hit.document.id != document_id]
    return replace(answer, answered=bool(own), hits=(*own, *others))


# What a link from a group leads to, by its parameter.
_LINKED: Final = {"language": offer_languages, "privacy": tell_privacy}
