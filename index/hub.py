"""Loads models by their names on the hub, or from directories."""

from __future__ import annotations

import hashlib
import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from huggingface_hub import get_session
from huggingface_hub.constants import ENDPOINT
from transformers.utils import logging as transformers_logging

from index.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TIMEOUT = 10.0  # seconds

Model = TypeVar("Model")


def load_model(
    name: str, load: Callable[..., Model], *, instead: str, download: bool = True
) -> Model:
    """Load a model quietly, and without waiting for a hub that is not there.

    Args:
        name: On the hub, or the path of a directory.
        load: What loads it; called with its name and `local_files_only`.
        instead: What else one may do when it cannot be loaded.
        download: False to load only what is on this machine already.

    Raises:
        ModelError: The model cannot be found, downloaded or loaded.
    """
    with _quiet():
        try:
            here = not download or Path(name).is_dir() or not _is_hub_reachable()
            return load(name, local_files_only=here)
        # The hub, transformers and a model's own code each have their exceptions.
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ModelError(
                f"the model {name} cannot be loaded ({reason}): check its name and the network, "
                f"or {instead}"
            ) from error


def full_name(
    name: str,
    config: Any,  # noqa: ANN401 - each kind of model has its own
) -> str:
    """A model's name with what tells one version of it from the next, as far as it is known."""
    directory = Path(name)
    if not directory.is_dir():
        commit = getattr(config, "_commit_hash", None)
        return f"{name}@{commit[:12] if commit else 'unknown'}"
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(directory)).encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{name}@{digest.hexdigest()[:12]}"


def _is_hub_reachable() -> bool:
    """Whether it makes sense to ask: without an answer, the hub is tried again for a minute."""
    try:
        get_session().head(ENDPOINT, timeout=_TIMEOUT)
    except Exception:  # noqa: BLE001 - whatever stands in the way, the hub is not there
        return False
    return True


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the hub's and transformers' bars and advice off the terminal, for a while."""
    loggers = [
        logging.getLogger(name)
        for name in ("huggingface_hub", "sentence_transformers", "transformers")
    ]
    levels = [logger.level for logger in loggers]
    bars = transformers_logging.is_progress_bar_enabled()  # the hub's go with them
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped there
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]  # as above
