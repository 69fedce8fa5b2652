"""How long it takes from Publish to found, and from Remove to no longer found.

    python -m benchmarks.keeping --passages 10000,100000 --directory DIR

fills corpora with synthetic passages as `benchmarks/search.py` does (the directory can be the
same), opens each as the bot does, and plays a moderator: documents of 5 and of 200 passages are
drafted, embedded ahead as their card is shown, published, hidden, shown, edited, removed and
restored, while nobody else asks. A change counts as done once a search finds the document, or
finds it no more. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.search import build, percentiles, settings_for
from bot.keeping import Keeping
from bot.workspace import open_workspace
from corpus.ingest import make_draft
from corpus.models import RawDocument

if TYPE_CHECKING:
    from collections.abc import Callable

    from corpus.store import Draft
    from index.search import Searcher

ROUNDS = 8
SIZES = (5, 200)
BY = "telegram:1"


def main() -> None:
    """Make the corpora, play the moderator, print JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", default="10000,100000", help="sizes, separated by commas")
    parser.add_argument("--documents", type=Path, help="a folder whose sentences are used, too")
    parser.add_argument("--directory", type=Path, help="where corpora are kept")
    arguments = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory(prefix="daviedka-benchmark-") as temporary:
        root = arguments.directory or Path(temporary)
        for size in map(int, arguments.passages.split(",")):
            build(root / str(size), size, arguments.documents)
            results.append({"passages": size, "milliseconds": measure(root / str(size))})
    print(json.dumps({"cores": os.cpu_count(), "sizes": results}, indent=2))


def measure(directory: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Play a moderator; how long each change took, by the number of passages in the document."""
    figures: dict[str, dict[str, dict[str, float]]] = {}
    with open_workspace(settings_for(directory), write=True) as workspace:
        searcher = workspace.open_searcher()
        searcher.warm_up()
        with workspace.open_records() as records:
            keeping = Keeping(workspace.store, searcher.index, records.drafts)
            for size in SIZES:
                times: defaultdict[str, list[float]] = defaultdict(list)
                for number in range(ROUNDS):
                    stored = records.drafts.open(draft(size, number), BY)
                    timed(times["embed ahead"], lambda: searcher.index.embed_ahead(stored.draft))  # noqa: B023  # called at once
                    play(keeping, searcher, stored.id, stored.draft, times)
                figures[f"{size} passages"] = {
                    what: percentiles(values) for what, values in times.items()
                }
    return figures


def play(
    keeping: Keeping, searcher: Searcher, draft_id: str, draft: Draft, times: dict[str, list[float]]
) -> None:
    """Publish a draft, change its document in every way, and remove it in the end."""
    question = draft.text[draft.passages[0].start : draft.passages[0].end]

    def found() -> bool:
        hits = searcher.search(question, 20).hits
        return any(hit.document.source == draft.source for hit in hits)

    changes: list[tuple[str, Callable[[str], Any], bool]] = [
        ("hide", lambda known: keeping.hide(known, BY), False),
        ("show", lambda known: keeping.show(known, BY), True),
        ("edit date", lambda known: keeping.edit(known, BY, url="https://example.org/"), True),
        ("edit title", lambda known: keeping.edit(known, BY, title=f"{draft.title}!"), True),
        ("remove", lambda known: keeping.remove(known, BY), False),
        ("restore", lambda known: keeping.restore(known, BY), True),
        ("undo", lambda known: keeping.undo(keeping.store.document(known).revision, BY), False),
    ]
    begun = time.perf_counter()
    document_id = keeping.publish(draft_id, BY).document.id
    check("publish", found(), expected=True)
    times["publish"].append((time.perf_counter() - begun) * 1000)
    for what, change, expected in changes:
        begun = time.perf_counter()
        change(document_id)
        check(what, found(), expected=expected)
        times[what].append((time.perf_counter() - begun) * 1000)


def check(what: str, found: bool, *, expected: bool) -> None:  # noqa: FBT001  # the two are compared
    """Stop where a change has not come through when its call ends."""
    if found != expected:
        raise RuntimeError(f"after {what!r} the document is {'' if found else 'not '}found")


def draft(size: int, number: int) -> Draft:
    """A document of so many passages, of words that no other one has."""
    paragraphs = [
        f"# Part {part}\n\n"
        + " ".join(
            f"Office {number}x{size}x{part}x{line} hands out permit {part * 7 + line} on weekdays "
            f"before {8 + line} o'clock, and asks for two copies of form {part}-{line}."
            for line in range(4)
        )
        for part in range(size)
    ]
    source = f"benchmark/{time.time_ns()}"
    return make_draft(RawDocument("\n\n".join(paragraphs), title=f"Permits {number}"), source)


def timed(times: list[float], call: Callable[[], object]) -> None:
    """Write down how long a call took, in milliseconds."""
    begun = time.perf_counter()
    call()
    times.append((time.perf_counter() - begun) * 1000)


if __name__ == "__main__":
    main()
