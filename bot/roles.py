"""Who may do what, asked at every action."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from telegram import Bot

    from bot.bridge import Threads
    from bot.records.moderators import Moderators

logger = logging.getLogger(__name__)

# How long it is remembered who administers the moderators' chat.
MEMBER_SECONDS: Final = 300.0
_ADMINISTRATORS: Final = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)


class Roles:
    """Owners by setting; moderators by an owner's word, or by administering one chat."""

    def __init__(
        self,
        owners: Iterable[int],
        moderator_chat: int | None,
        moderators: Moderators,
        records: Threads,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._owners = frozenset(owners)
        self._moderator_chat = moderator_chat
        self._moderators = moderators
        self._records = records
        self._clock = clock
        # By user: whether they administer the chat, and until when that is believed.
        self._administrators: dict[int, tuple[bool, float]] = {}

    def is_owner(self, user_id: int) -> bool:
        """Whether someone may name moderators. Owners are moderators too."""
        return user_id in self._owners

    async def is_moderator(self, bot: Bot, user_id: int) -> bool:
        """Whether someone may keep the corpus now."""
        if self.is_owner(user_id):
            return True
        if await self._records.run(self._moderators.is_named, user_id):
            return True
        return await self._administers(bot, user_id)

    async def _administers(self, bot: Bot, user_id: int) -> bool:
        if self._moderator_chat is None:
            return False
        now = self._clock()
        believed, until = self._administrators.get(user_id, (False, 0.0))
        if now < until:
            return believed
        try:
            member = await bot.get_chat_member(self._moderator_chat, user_id)
        except TelegramError as error:
            # Not remembered: the next action asks again.
            logger.warning("cannot ask who administers the moderators' chat: %s", error.message)
            return False
        administers = member.status in _ADMINISTRATORS
        self._administrators = {
            known: belief for known, belief in self._administrators.items() if now < belief[1]
        }
        self._administrators[user_id] = (administers, now + MEMBER_SECONDS)
        return administers
