"""Questions in groups: /ask, mentions, replies to the bot; and /settings for administrators."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from telegram import MessageEntity
from telegram.constants import ChatMemberStatus, ReactionEmoji
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.asking import Asked, ask, remark_on, settle
from bot.composing import Rendered
from bot.followups import stands_alone
from bot.freshness import today
from bot.group_settings import (
    GENERAL,
    PATTERN,
    find_change,
    how_to_ask,
    render_languages,
    render_settings,
)
from bot.handlers.checks import still_verbatim
from bot.handlers.limiting import admit
from bot.handlers.membership import quiet, say
from bot.handlers.presses import answered, show
from bot.handlers.private import receive_reply
from bot.handlers.wishes import keep_question
from bot.pager import Pager
from bot.rendering import render_hit
from bot.thumbs import judged_passages
from bot.voices import language_in

if TYPE_CHECKING:
    from gettext import NullTranslations

    from telegram import Message, Update, User
    from telegram.ext import BaseHandler

    from bot.asking import Asking
    from bot.context import Context
    from bot.group_settings import GroupSettings

logger = logging.getLogger(__name__)

# What was written longer than this before the bot began is not answered: nobody waits for it.
BACKLOG: Final = timedelta(minutes=1)
NOTHING_FOUND: Final = ReactionEmoji.SHRUG

_ADMINISTRATORS: Final = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)
# What stands between the bot's name and the question.
_AROUND_NAME: Final = " \t\n,.:;!–—-"


class _FromAsker(filters.MessageFilter):
    """What a person wrote, be it in the name of the group or of a channel; nothing forwarded."""

    def filter(self, message: Message) -> bool:
        sender = message.from_user
        return (
            (message.sender_chat is not None or (sender is not None and not sender.is_bot))
            and message.via_bot is None
            and message.forward_origin is None
            and not message.is_automatic_forward
        )


class _ToBot(filters.MessageFilter):
    """Messages that mention the bot or reply to it."""

    def filter(self, message: Message) -> bool:
        return _replies_to_bot(message) or bool(_names(message))


_ASKER: Final = filters.UpdateType.MESSAGE & filters.ChatType.GROUPS & _FromAsker()


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module; among them the one for replies to prompts in groups."""
    return [
        CommandHandler("ask", receive_command, filters=_ASKER),
        CommandHandler("settings", show_settings, filters=_ASKER),
        CallbackQueryHandler(press_setting, pattern=PATTERN),
        MessageHandler(_ASKER & ~filters.COMMAND & _ToBot(), receive),
    ]


async def receive_command(update: Update, context: Context) -> None:
    """Answer what stands after /ask, or the message that it replies to."""
    if (message := update.message) is not None:
        settings = await _settings(context, message)
        if _is_heard(context, message, settings) and await admit(update, context):
            await _answer(message, context, settings, called=True)


async def receive(update: Update, context: Context) -> None:
    """Answer a mention, or a reply to an answer; take a moderator's reply to a prompt."""
    if (message := update.message) is None or await receive_reply(update, context):
        return
    settings = await _settings(context, message)
    called = settings.mentions and bool(_names(message))
    if not (called or _replies_to_answer(message)) or not _is_heard(context, message, settings):
        return
    if await admit(update, context):
        await _answer(message, context, settings, called=called)


async def show_settings(update: Update, context: Context) -> None:
    """Show the settings to an administrator."""
    if (message := update.message) is None or _is_backlog(context, message):
        return
    if not await admit(update, context):
        return
    settings = await _settings(context, message)
    words = _words(context, settings, message.from_user)
    # Who writes in the group's name is an administrator of it.
    anonymous = message.sender_chat is not None and message.sender_chat.id == message.chat_id
    if anonymous or await _administers(context, message.chat_id, message.from_user):
        rendered = _card(message, context, settings, words)
    else:
        rendered = Rendered(_refusal(words), ())
    await say(
        context,
        message.chat_id,
        rendered,
        thread_id=_thread(message),
        reply_to=message.message_id,
    )


async def press_setting(update: Update, context: Context) -> None:
    """Change what a button of the settings is for; rights are asked at every press."""
    if (press := update.callback_query) is not None:
        await _press(update, context, press.from_user)


@answered
async def _press(message: Message, context: Context, user: User, parts: list[str]) -> str | None:
    groups = context.records.groups
    if not await _administers(context, message.chat_id, user):
        return _refusal(context.words_for(user))
    change = find_change(parts)
    if change is None:
        settings = await _settings(context, message)
    else:
        pressed_in = _thread(message) or GENERAL
        settings = await context.in_records(
            groups.change, message.chat_id, lambda before: change(before, pressed_in)
        )
    words = _words(context, settings, user)
    with quiet(context):
        if parts == ["languages"]:
            await show(message, render_languages(settings, words))
        else:
            await show(message, _card(message, context, settings, words))
    return None


async def _answer(
    message: Message, context: Context, settings: GroupSettings, *, called: bool
) -> None:
    """Answer what a message asks.

    Args:
        message: The message.
        context: The handler's.
        settings: The group's.
        called: False for a reply that does not name the bot. Without a question mark it may be a
            remark on the answer, and is passed over where nothing new is found.
    """
    asked = _asked(message, settings)
    may_be_remark = not called and "?" not in asked.text
    if not asked.text and called:
        words = _words(context, settings, message.from_user)
        hint = how_to_ask(settings, words, context.bot.username)
        await _reply(context, asked, Rendered(hint, ()))
        return
    if (remark := remark_on(context, asked)) is not None:
        if called:
            await _reply(context, asked, Rendered(remark, ()))
        return
    if may_be_remark and stands_alone(asked.text):
        asked = replace(asked, reply_to=None)  # together with the answer's question it finds that
    asking = await ask(context, asked)
    if may_be_remark and not _finds_more(asking):
        return
    if asking.answer.answered:
        await _quote(context, asking)
    else:
        await _find_nothing(context, asking, settings)


def _finds_more(asking: Asking) -> bool:
    """Whether something was found that was not quoted just before."""
    before, answer = asking.before, asking.answer
    return answer.answered and (before is None or answer.hits[0].passage_id != before.passage_id)


async def _quote(context: Context, asking: Asking) -> None:
    hit = asking.answer.hits[0]
    pager = Pager.of(asking.answer, asking.voice)
    rendered = render_hit(
        hit,
        asking.voice,
        asking.words,
        pager,
        today=today(),
        compact=True,
        translation=asking.translation,
    )
    if not still_verbatim(rendered, hit, asking.document_text):
        changed = asking.words.gettext("This document has just changed. Please ask again.")
        await _reply(context, asking.asked, Rendered(changed, ()))
        return
    sent = await _reply(context, asking.asked, rendered)
    if sent is not None:
        await settle(context, asking, sent.message_id)


async def _find_nothing(context: Context, asking: Asking, settings: GroupSettings) -> None:
    asked = asking.asked
    # Who waits for an answer is told of it in private only, so that there is no button here.
    await keep_question(context, asked.chat_id, asking.topic, language_in(asking.voice))
    shown = settings.not_found
    if shown == "reaction" and not await _react(context, asked):
        shown = "line"
    sent: Message | None = None
    if shown == "line":
        line = asking.words.gettext(
            "I found no answer to this in the documents I know. Perhaps other words will help."
        )
        sent = await _reply(context, asked, Rendered(line, ()))
    # Without a message of its own, the question stands for its answer.
    await settle(context, asking, asked.message_id if sent is None else sent.message_id)


async def _react(context: Context, asked: Asked) -> bool:
    """Show with a reaction that nothing was found; False where the group allows none of it."""
    try:
        await context.bot.set_message_reaction(asked.chat_id, asked.message_id, NOTHING_FOUND)
    except (BadRequest, ChatMigrated, Forbidden):
        return False
    return True


async def _reply(context: Context, asked: Asked, rendered: Rendered) -> Message | None:
    return await say(
        context,
        asked.chat_id,
        rendered,
        thread_id=asked.thread_id,
        reply_to=asked.message_id,
    )


def _asked(message: Message, settings: GroupSettings) -> Asked:
    """What a message asks; where it only calls the bot, what it replies to is the question."""
    asked = Asked.by(
        message,
        "group",
        _question(message),
        voice=settings.language,
        threshold=settings.threshold,
    )
    if message.sender_chat is not None:
        # All who write in the name of a chat have one user in common.
        asked = replace(asked, asker=None)
    replied = message.reply_to_message
    if replied is None:
        return asked
    if replied.forum_topic_created is not None:
        # In a topic, what replies to nothing replies to its beginning.
        return replace(asked, reply_to=None)
    if asked.text or _replies_to_bot(message):
        return asked
    text = message.quote.text if message.quote else _question(replied)
    return replace(
        asked, text=text.strip(), message_id=replied.message_id, reply_to=None, quote=None
    )


def _question(message: Message) -> str:
    """A message's text or caption, without the command before it and the bot's name.

    What has no words is as good as nothing.
    """
    text = message.text or message.caption or ""
    units = text.encode("utf-16-le")
    for entity in sorted(
        [*_names(message), *_command(message)], key=lambda entity: entity.offset, reverse=True
    ):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        units = units[:start] + units[end:]
    question = units.decode("utf-16-le").strip(_AROUND_NAME)
    return question if any(character.isalnum() for character in question) else ""


def _command(message: Message) -> list[MessageEntity]:
    """The command that a message begins with, if it does."""
    return [
        entity
        for entity in message.entities or message.caption_entities
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0
    ]


def _names(message: Message) -> list[MessageEntity]:
    """Where a message mentions the bot."""
    bot = message.get_bot()
    wanted: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    found = message.parse_entities(wanted) if message.text else {}
    found |= message.parse_caption_entities(wanted) if message.caption else {}
    return [
        entity
        for entity, name in found.items()
        if (entity.user is not None and entity.user.id == bot.id)
        or name.lower() == f"@{bot.username}".lower()
    ]


def _replies_to_bot(message: Message) -> bool:
    replied = message.reply_to_message
    return (
        replied is not None
        and replied.from_user is not None
        and replied.from_user.id == message.get_bot().id
    )


def _replies_to_answer(message: Message) -> bool:
    """Whether a message replies to what the bot says to everybody, and not to a card."""
    replied = message.reply_to_message
    if replied is None or not _replies_to_bot(message):
        return False
    return replied.reply_markup is None or bool(judged_passages(replied.reply_markup))


def _is_heard(context: Context, message: Message, settings: GroupSettings) -> bool:
    topic = _thread(message) or GENERAL
    return not _is_backlog(context, message) and settings.topics.allow(topic)


def _is_backlog(context: Context, message: Message) -> bool:
    return message.date < context.bot_data.presence.started - BACKLOG


def _thread(message: Message) -> int | None:
    """The topic of a message, to be named when replying; None for General and outside forums."""
    return message.message_thread_id if message.is_topic_message else None


async def _settings(context: Context, message: Message) -> GroupSettings:
    settings: GroupSettings = await context.in_records(context.records.groups.find, message.chat_id)
    return settings


def _words(context: Context, settings: GroupSettings, user: User | None) -> NullTranslations:
    return context.words(settings.language or context.voice_of(user))


def _card(
    message: Message, context: Context, settings: GroupSettings, words: NullTranslations
) -> Rendered:
    topic = (_thread(message) or GENERAL) if message.chat.is_forum else None
    return render_settings(settings, words, context.bot.username, topic)


def _refusal(words: NullTranslations) -> str:
    return words.gettext("Only administrators of this group can do this.")


async def _administers(context: Context, chat_id: int, user: User | None) -> bool:
    """Whether someone administers a group at this very moment."""
    if user is None:
        return False
    try:
        member = await context.bot.get_chat_member(chat_id, user.id)
    except TelegramError as error:
        logger.warning("cannot ask who administers a group: %s", error.message)
        return False
    return member.status in _ADMINISTRATORS
