"""The sample corpus: short original articles in seven languages, and judged questions.

Everything in it was written for this project. Associations, streets, small towns and fees are
made up, and each article says so at its end.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from corpus.judged import JudgedQuestion, read_questions

# Packages are installed as plain files; a Traversable of such a package is its path.
_FOLDER = Path(str(resources.files(__name__)))


def sample_paths() -> list[Path]:
    """The sample articles, Markdown with front matter, ordered by file name."""
    return sorted(_FOLDER.glob("*.md"))


def sample_questions() -> list[JudgedQuestion]:
    """The judged questions on the sample articles; the first dozen are a good showcase."""
    return read_questions(_FOLDER / "questions.jsonl")
