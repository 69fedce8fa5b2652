"""Checks that stand right before and right after a request to Telegram."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from telegram.error import BadRequest

from bot.errors import NotVerbatimError
from bot.rendering import ensure_verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.composing import Rendered
    from index.models import Hit

logger = logging.getLogger(__name__)

# Telegram's own words, in lower case; there are no codes to go by.
STALE_QUERY: Final = "query is too old"
NOT_MODIFIED: Final = "message is not modified"
NO_MESSAGE: Final = "message to edit not found"


def still_verbatim(rendered: Rendered, hit: Hit, document_text: str | None) -> bool:
    """Whether a quote may be sent; where not, the log tells which, without any text.

    Args:
        rendered: The message about to be sent.
        hit: What it quotes.
        document_text: The document's text, fetched just now; None where it is gone.
    """
    if document_text is None:
        logger.warning("document %s is gone: its quote is not sent", hit.document.id)
        return False
    try:
        ensure_verbatim(rendered, document_text)
    except NotVerbatimError:
        logger.error(  # noqa: TRY400 - the traceback would tell nothing more
            "passage %d is not verbatim in document %s: it is not sent",
            hit.passage_id,
            hit.document.id,
        )
        return False
    return True


@contextmanager
def harmless(*reasons: str) -> Iterator[None]:
    """Let Telegram refuse a request for one of these reasons.

    Raises:
        BadRequest: It was refused for another one.
    """
    try:
        yield
    except BadRequest as error:
        if not any(reason in error.message.lower() for reason in reasons):
            raise
