"""A small set of questions in the form of XQuAD-R."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# By language and article: paragraphs, each with its question and the answer.
ARTICLES: dict[str, dict[str, list[tuple[str, str, str]]]] = {
    "en": {
        "Library": [
            ("The library lends five books 📚. It opens at nine.", "How many books?", "five"),
            ("Papers are not asked for. Bring a photo.", "What to bring to it?", "photo"),
        ],
        "Border": [("The border is closed. Trains do not cross it.", "Do trains cross?", "not")],
    },
    "ru": {
        "Library": [
            ("Библиотека выдаёт пять книг 📚. Она открыта с девяти.", "Сколько книг?", "пять"),
            ("Документы не нужны. Возьмите фото.", "Что взять с собой?", "фото"),
        ],
        "Border": [("Граница закрыта. Поезда не ходят.", "Ходят ли поезда?", "не")],
    },
    "de": {
        "Library": [
            ("Die Bibliothek verleiht fünf Bücher 📚. Sie öffnet um neun.", "Wie viele?", "fünf"),
            ("Papiere sind nicht nötig. Ein Foto genügt.", "Was genügt dort?", "Foto"),
        ],
        "Border": [("Die Grenze ist zu. Züge fahren nicht.", "Fahren Züge?", "nicht")],
    },
}


def write_xquad(directory: Path) -> Path:
    """Write a file for each language; its texts begin with a byte order mark, as some do."""
    for language, articles in ARTICLES.items():
        written = {
            "version": "1.1",
            "data": [
                {
                    "title": title,
                    "paragraphs": [
                        _paragraph(f"{title}-{number}", *paragraph)
                        for number, paragraph in enumerate(paragraphs)
                    ],
                }
                for title, paragraphs in articles.items()
            ],
        }
        path = directory / f"{language}.json"
        path.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    return directory


def _paragraph(question_id: str, text: str, question: str, answer: str) -> dict[str, Any]:
    context = f"\ufeff{text} "
    stop = context.index(". ") + 1
    return {
        "context": context,
        "sentence_breaks": [[0, stop], [stop + 1, len(context) - 1]],
        "qas": [
            {
                "id": question_id,
                "question": question,
                "answers": [{"answer_start": context.index(answer), "text": answer}],
            }
        ],
    }
