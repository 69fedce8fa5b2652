"""The sample corpus: short original articles in seven languages, and judged questions.

Everything in it was written for this project. Associations, streets, small towns and fees are
made up, and each article says so at its end.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from corpus.judged import JudgedFollowUp, JudgedQuestion, read_follow_ups, read_questions

# Packages are installed as plain files; a Traversable of such a package is its path.
_FOLDER = Path(str(resources.files(__name__)))


def sample_paths() -> list[Path]:
    """The sample articles, Markdown with front matter, ordered by file name."""
    return sorted(_FOLDER.glob("*.md"))


def sample_questions() -> list[JudgedQuestion]:
    """The judged questions on the sample articles; the first dozen are a good showcase."""
    return read_questions(_FOLDER / "questions.jsonl")


def sample_follow_ups() -> list[JudgedFollowUp]:
    """Conversations on the sample articles: a question, and one that goes on with it.

    The first question of each finds its document: nobody goes on with what was not found.
    """
    return read_follow_ups(_FOLDER / "follow-ups.jsonl")
