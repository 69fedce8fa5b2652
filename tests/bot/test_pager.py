from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pager import Pager
from bot.voices import VOICES, Voice

TEXTS = st.text(st.characters(codec="utf-8"))


def test_eight_of_the_largest_hits_fit_into_a_button() -> None:
    pager = Pager(((2**32 - 1, 255),) * 8, 7, "de")
    assert len(pager.encode().encode()) <= 64
    assert Pager.decode(pager.encode()) == pager


@given(
    hits=st.lists(
        st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 255)), min_size=1, max_size=8
    ),
    position=st.integers(0, 7),
    reader=st.sampled_from(VOICES),
    wide=st.booleans(),
)
def test_what_is_encoded_is_decoded(
    hits: list[tuple[int, int]], position: int, reader: Voice, *, wide: bool
) -> None:
    pager = Pager(tuple(hits), position % len(hits), reader, wide)
    assert len(pager.encode().encode()) <= 64
    assert Pager.decode(pager.encode()) == pager


@given(st.one_of(TEXTS, TEXTS.map("h1{}".format), st.from_regex(r"\Ah1[A-Za-z0-9_=-]*\Z")))
def test_hostile_callback_data_is_a_value_error_or_a_valid_pager(forged: str) -> None:
    try:
        pager = Pager.decode(forged)
    except ValueError:
        return
    assert 0 <= pager.position < len(pager.hits) <= Pager.MAX_HITS
    assert pager.reader in VOICES


@pytest.mark.parametrize("forged", ["", "-", "h1", "h1AA", "h1AAAAAAABAA$", "h2AAAAAAABAA"])
def test_other_callback_data_is_refused(forged: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Pager.decode(forged)


@pytest.mark.parametrize(
    "pager",
    [
        Pager(((1, 0), (2, 0)), 2, "be"),
        Pager(((1, 0),) * 9, 0, "be"),
        Pager((), 0, "be"),
    ],
)
def test_position_beyond_the_hits_and_too_many_hits_are_refused(pager: Pager) -> None:
    with pytest.raises(ValueError, match="position"):
        Pager.decode(pager.encode())


def test_language_that_is_not_served_is_refused() -> None:
    forged = "h1" + base64.urlsafe_b64encode(b"\0\x08\0\0\0\1\0").decode().rstrip("=")
    with pytest.raises(ValueError, match="position"):
        Pager.decode(forged)


def test_id_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="4294967296"):
        Pager(((2**32, 0),), 0, "be").encode()


def test_buttons_go_round() -> None:
    hits = tuple((number, 0) for number in range(3))
    row = Pager(hits, 0, "be", wide=True).buttons()
    assert [button.text for button in row] == ["◀", "1/3", "▶"]
    assert Pager.decode(str(row[0].callback_data)) == Pager(hits, 2, "be")
    assert Pager.decode(str(row[2].callback_data)) == Pager(hits, 1, "be")


def test_one_hit_has_no_arrows() -> None:
    assert Pager(((1, 0),), 0, "be").buttons() == []


def test_widened_twice_is_the_same() -> None:
    pager = Pager(((1, 0), (2, 3)), 1, "pl")
    assert pager.widened() == Pager(((1, 0), (2, 3)), 1, "pl", wide=True)
    assert pager.widened().widened() == pager
