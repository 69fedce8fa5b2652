from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.records.database import Records
from bot.voices import VOICES, Voice

if TYPE_CHECKING:
    from tests.support.moderated import Backing


@pytest.mark.parametrize("voice", VOICES)
def test_a_choice_is_kept_until_the_next_one(backing: Backing, voice: Voice) -> None:
    languages = backing.records.languages
    languages.choose(5, "de")
    languages.choose(5, voice)
    languages.choose(6, "be-Latn")
    assert languages.chosen() == {5: voice, 6: "be-Latn"}


def test_a_choice_can_be_forgotten(backing: Backing) -> None:
    languages = backing.records.languages
    languages.choose(5, "de")
    languages.forget(5)
    languages.forget(5)
    assert languages.chosen() == {}


def test_a_choice_outlives_the_process(backing: Backing) -> None:
    backing.records.languages.choose(2**40, "lt")
    again = Records.open(backing.settings.data_dir / "bot.db")
    assert again.languages.chosen() == {2**40: "lt"}
    again.close()
