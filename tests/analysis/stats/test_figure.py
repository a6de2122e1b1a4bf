"""A figure is a number with evidence, or a named reason; never NaN."""

import pytest

from analysis.stats.figure import Figure


def test_nan_is_refused():
    with pytest.raises(ValueError, match="never NaN"):
        Figure(float("nan"))


def test_undefined_needs_a_reason():
    with pytest.raises(ValueError, match="name its reason"):
        Figure(None)


def test_half_an_interval_is_refused():
    with pytest.raises(ValueError, match="two ends"):
        Figure(0.5, low=0.4)


def test_interval_and_reason_replace_each_other():
    point = Figure(0.5, None, None, 3, 9, "mean")

    assert point.with_interval(0.4, 0.6, method="B = 10") == Figure(0.5, 0.4, 0.6, 3, 9, "mean; B = 10")
    assert point.without_interval("only one trial") == Figure(0.5, None, None, 3, 9, "mean", "only one trial")
    assert point.because("all values equal") == Figure(None, None, None, 3, 9, "mean", "all values equal")
    assert point.because("x").with_estimate(0.5) == point


def test_an_undefined_figure_keeps_its_reason_when_there_is_no_interval():
    undefined = Figure.undefined("no judgements")

    assert undefined.without_interval("only one trial") == undefined
    assert not undefined.is_defined
