"""What the bot knows of the groups that it is in: in memory, and only while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(slots=True)
class Presence:
    """Where the bot is, since when, and where it may not be.

    Attributes:
        started: What was written in groups long before it is not answered.
        moved: Supergroups that were allowed as groups, by their new ids.
        leaving: Chats that were told that the bot leaves.
        refusals: How often a group did not let it write.
    """

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    moved: set[int] = field(default_factory=set)
    leaving: set[int] = field(default_factory=set)
    refusals: int = 0
