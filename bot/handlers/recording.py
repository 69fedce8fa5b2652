"""Numbers and gaps are written down beside the answers, which never fail because of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from bot.freshness import today
from bot.handlers.failures import outline

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.context import Context
    from bot.records.counts import Place
    from corpus.models import Language

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


async def count_question(
    context: Context,
    place: Place,
    language: Language,
    *,
    answered: bool,
    quoted: str | None = None,
) -> None:
    """Count a question, once its answer is sent; see `Counts.count_question`.

    Of the time only the day is kept.
    """
    await recorded(
        context,
        context.records.counts.count_question,
        today(),
        place,
        language,
        answered=answered,
        quoted=quoted,
    )


async def recorded(
    context: Context, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T | None:
    """Run a call of the records; where it fails, the log tells and nobody else notices."""
    try:
        return await context.in_records(call, *args, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever it is, the asker has nothing to do with it
        logger.error("cannot write down what was asked: %s", outline(error))  # noqa: TRY400 - outline leaves the texts out
        return None
