"""Cells that come back as they were, and that no spreadsheet runs."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.export.cells import cell, csv_text, harmless, number, original


@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    assert original(harmless(text)) == text


@given(st.text())
def test_no_cell_begins_as_a_formula_unless_it_is_a_number(text: str) -> None:
    written = harmless(text)
    if written.startswith(("=", "+", "-", "@", "\t", "\r")):
        float(written)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_exactly(value: float) -> None:
    assert float(number(value)) == value


def test_formulas_are_quoted_and_negative_numbers_are_not() -> None:
    assert [harmless(text) for text in ("=1+1", "@SUM(A1)", "+cmd", "-0.5", "-", "'tis")] == [
        "'=1+1", "'@SUM(A1)", "'+cmd", "-0.5", "'-", "''tis"
    ]  # fmt: skip
    assert cell(True) == "1"


def test_lines_end_as_rfc_4180_says() -> None:
    assert csv_text(["a", "b"], [["x, y", 'say "z"'], [None, 2.5]]) == 'a,b\r\n"x, y","say ""z"""\r\n,2.5\r\n'
