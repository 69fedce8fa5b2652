"""Where the bot is: being added, moved, muted and removed; and what it says in groups."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from telegram import ChatMember, ChatMemberRestricted, ReplyParameters
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import ApplicationHandlerStop, ChatMemberHandler, MessageHandler, filters

from bot.composing import Rendered
from bot.group_settings import how_to_ask
from bot.handlers.channels import is_listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telegram import Chat, Message, Update, User
    from telegram.ext import BaseHandler

    from bot.context import Context
    from bot.group_settings import GroupSettings

logger = logging.getLogger(__name__)

_GROUPS: Final = (ChatType.GROUP, ChatType.SUPERGROUP)
_OUT: Final = (ChatMember.LEFT, ChatMember.BANNED)
# Telegram's own words, in lower case: the bot is muted, the topic is closed, or what it would
# reply to was deleted.
_NOT_HERE: Final = (
    "not enough rights",
    "no rights to send",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_send_",
    "topic_closed",
    "topic_deleted",
    "message thread not found",
    "message to be replied not found",
    "chat not found",
)


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [
        ChatMemberHandler(follow, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.UpdateType.MESSAGE & filters.StatusUpdate.MIGRATE, migrate),
    ]


def gate() -> list[BaseHandler[Any, Context, None]]:
    """What stands before all other handlers, in a group of handlers before theirs."""
    return [MessageHandler(filters.UpdateType.MESSAGE & filters.ChatType.GROUPS, keep_out)]


async def follow(update: Update, context: Context) -> None:
    """Greet a group that the bot was added to, or leave it where it is not allowed."""
    if (change := update.my_chat_member) is None or change.chat.type == ChatType.PRIVATE:
        return
    chat, presence = change.chat, context.bot_data.presence
    if not _is_in(change.new_chat_member):
        presence.leaving.discard(chat.id)
    elif not is_allowed(chat, context):
        await _leave(chat, change.from_user, context)
    elif (
        chat.type in _GROUPS
        and not _is_in(change.old_chat_member)
        and chat.id not in presence.moved
    ):
        await _greet(chat, change.from_user, context)


async def migrate(update: Update, context: Context) -> None:
    """Take a group's settings along when it becomes a supergroup; both chats tell of it."""
    if (message := update.message) is None:
        return
    if message.migrate_to_chat_id is not None:
        await _move(context, message.chat_id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        await _move(context, message.migrate_from_chat_id, message.chat_id)


async def keep_out(update: Update, context: Context) -> None:
    """Leave a group that is not allowed, and let no other handler have its messages.

    Raises:
        ApplicationHandlerStop: The group is not allowed.
    """
    if (message := update.message) is None:
        return
    # A group that becomes a supergroup is another chat from then on.
    if message.migrate_from_chat_id is not None or is_allowed(message.chat, context):
        return
    await _leave(message.chat, message.from_user, context)
    raise ApplicationHandlerStop


def is_allowed(chat: Chat, context: Context) -> bool:
    """Whether the bot may be in a group or channel, as the operator has set it."""
    settings = context.settings
    if not settings.chats:
        return True
    return chat.id in {
        *settings.chats,
        settings.moderator_chat,
        *context.bot_data.presence.moved,
    } or is_listed(chat, settings.channels)


async def say(
    context: Context,
    chat_id: int,
    rendered: Rendered,
    *,
    thread_id: int | None = None,
    reply_to: int | None = None,
) -> Message | None:
    """Send a message to a group.

    Args:
        context: The handler's.
        chat_id: The group.
        rendered: The message.
        thread_id: The topic, in a forum; None for the General one.
        reply_to: The message to reply to.

    Returns:
        None where the group does not let the bot write, or not there.
    """
    sent: Message | None = None
    try:
        with quiet(context):
            sent = await context.bot.send_message(
                chat_id,
                rendered.text,
                entities=rendered.entities,
                reply_markup=rendered.keyboard,
                message_thread_id=thread_id,
                reply_parameters=None if reply_to is None else ReplyParameters(reply_to),
            )
    except ChatMigrated as migrated:
        await _move(context, chat_id, migrated.new_chat_id)
        # Messages have other numbers there, and a supergroup never moves again.
        return await say(context, migrated.new_chat_id, rendered)
    return sent


@contextmanager
def quiet(context: Context) -> Iterator[None]:
    """Take it calmly where a group does not let the bot speak; the log tells how often.

    Raises:
        BadRequest: Telegram has refused for another reason.
    """
    try:
        yield
    except (Forbidden, BadRequest) as error:
        reason = error.message.lower()
        if isinstance(error, BadRequest) and not any(known in reason for known in _NOT_HERE):
            raise
        presence = context.bot_data.presence
        presence.refusals += 1
        logger.info(
            "a group does not let me write (%s): %d times so far", error.message, presence.refusals
        )


async def _greet(chat: Chat, user: User, context: Context) -> None:
    settings: GroupSettings = await context.in_records(context.records.groups.find, chat.id)
    words = context.words(settings.language or context.voice_of(user))
    sentences = [
        words.gettext(
            "Hello! I am Daviedka. I look for answers in the articles and guides that your "
            "community trusts."
        ),
        how_to_ask(settings, words, context.bot.username),
        words.gettext("Administrators can change how I answer here with /settings."),
    ]
    await say(context, chat.id, Rendered("\n\n".join(sentences), ()))


async def _leave(chat: Chat, user: User | None, context: Context) -> None:
    """Leave a chat, and say so where it is a group, once."""
    leaving = context.bot_data.presence.leaving
    if chat.id not in leaving:
        leaving.add(chat.id)
        logger.info("leaving a %s that is not among DAVIEDKA_CHATS", chat.type)
        if chat.type in _GROUPS:
            words = context.words_for(user)
            farewell = words.gettext(
                "I answer only in the chats of the community that runs me, so I leave this one. "
                "You can still ask me privately."
            )
            await say(context, chat.id, Rendered(farewell, ()))
    try:
        await context.bot.leave_chat(chat.id)
    except TelegramError as error:
        logger.warning("cannot leave a %s: %s", chat.type, error.message)


async def _move(context: Context, old_chat_id: int, new_chat_id: int) -> None:
    settings, presence = context.settings, context.bot_data.presence
    await context.in_records(context.records.groups.migrate, old_chat_id, new_chat_id)
    if new_chat_id in presence.moved:
        return
    named = {
        "DAVIEDKA_CHATS": settings.chats,
        "DAVIEDKA_MODERATOR_CHAT": (settings.moderator_chat,),
    }
    if not settings.chats or any(old_chat_id in chats for chats in named.values()):
        presence.moved.add(new_chat_id)
    for name, chats in named.items():
        if old_chat_id in chats:
            logger.warning(
                "the group %d in %s became a supergroup: write %d in its place",
                old_chat_id,
                name,
                new_chat_id,
            )


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in _OUT
