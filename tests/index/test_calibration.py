"""Signals to confidence, and where the numbers for it are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import bundled
from index.calibration import (
    SHIPPED,
    SIGNAL_NAMES,
    Calibration,
    calibration_path,
    load_calibration,
    save_calibration,
)
from index.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

FINITE = st.floats(-1e6, 1e6)
CALIBRATION = Calibration(
    model="some/model-1",
    intercept=-1.0,
    coefficients={"passage": 1.0, "lexical": 2.0, "same_language": -0.5},
    threshold=0.5,
)


def test_confidence_is_the_logistic_of_the_weighted_signals() -> None:
    confidences = CALIBRATION.confidences(
        {
            "passage": [1.0, 0.5, 0.0],
            "sentence": [0.9, 0.9, 0.9],
            "lexical": [0.0, 0.5, 0.0],
            "same_language": [False, True, True],
        }
    )

    assert confidences.dtype == np.float32
    np.testing.assert_allclose(confidences, [0.5, 0.5, 1 / (1 + np.exp(1.5))], rtol=1e-6)


def test_no_passages_have_no_confidences() -> None:
    assert CALIBRATION.confidences({name: [] for name in SIGNAL_NAMES}).shape == (0,)


@given(FINITE, st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=5))
def test_confidence_is_a_probability_and_rises_with_a_signal_that_speaks_for_it(
    intercept: float, rows: list[tuple[float, float]]
) -> None:
    calibration = replace(CALIBRATION, intercept=intercept, coefficients={"lexical": 2.0})
    first, second = zip(*rows, strict=True)
    low = calibration.confidences({"lexical": np.minimum(first, second)})
    high = calibration.confidences({"lexical": np.maximum(first, second)})

    assert ((low >= 0) & (low <= high) & (high <= 1)).all()


def test_every_shipped_calibration_is_whole_and_of_its_model() -> None:
    paths = list(SHIPPED.glob("*.json"))
    models = [json.loads(path.read_bytes())["model"] for path in paths]

    assert bundled.NAME in models
    for path, model in zip(paths, models, strict=True):
        assert calibration_path(model, SHIPPED) == path
        assert load_calibration(model, None) is not None


@given(
    model=st.text(min_size=1, max_size=40),
    intercept=st.floats(allow_nan=False, allow_infinity=False),
    coefficients=st.dictionaries(
        st.sampled_from(SIGNAL_NAMES),
        st.floats(allow_nan=False, allow_infinity=False),
        min_size=1,
    ),
    threshold=st.floats(0, 1),
)
def test_what_is_saved_is_loaded(
    tmp_path_factory: pytest.TempPathFactory,
    model: str,
    intercept: float,
    coefficients: dict[str, float],
    threshold: float,
) -> None:
    directory = tmp_path_factory.mktemp("data") / "calibrations"
    calibration = Calibration(model, intercept, coefficients, threshold)

    save_calibration(calibration, calibration_path(model, directory))

    assert load_calibration(model, directory) == calibration


def test_the_operators_own_calibration_goes_before_the_shipped(tmp_path: Path) -> None:
    shipped = load_calibration(bundled.NAME, tmp_path)
    assert shipped is not None
    own = replace(shipped, threshold=0.123)

    save_calibration(own, calibration_path(bundled.NAME, tmp_path))

    assert load_calibration(bundled.NAME, tmp_path) == own


def test_a_model_may_have_no_calibration(tmp_path: Path) -> None:
    assert load_calibration("some/other", tmp_path / "missing") is None
    assert load_calibration("some/other", None) is None


def test_models_with_like_names_do_not_get_each_others_calibration(tmp_path: Path) -> None:
    save_calibration(CALIBRATION, calibration_path("some/model-1", tmp_path))

    with pytest.raises(ModelError, match="is for the model some/model-1, not some-model-1"):
        load_calibration("some-model-1", tmp_path)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"coefficients": {"passage": 1.0, "moon": 2.0}}, r"does not know \(moon\)"),
        ({"coefficients": {}}, "no calibration that can be read"),
        ({"threshold": 1.5}, "no calibration that can be read"),
        ({"intercept": None}, "no calibration that can be read"),
        ({"intercept": float("nan")}, "no calibration that can be read"),
    ],
)
def test_a_damaged_calibration_is_refused_with_a_remedy(
    tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    path = calibration_path(CALIBRATION.model, tmp_path)
    save_calibration(CALIBRATION, path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))

    with pytest.raises(ModelError, match=reason + ".*daviedka calibrate"):
        load_calibration(CALIBRATION.model, tmp_path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ModelError, match=r"cannot write the calibration .*file"):
        save_calibration(CALIBRATION, tmp_path / "file" / "own.json")
