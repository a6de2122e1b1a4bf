"""Numbers as people read them: no more digits than are known."""

from analysis.agreement.row import Row

# An interval narrower than this on either side supports a third digit.
THIRD_DIGIT = 0.005


def digits(low: float | None, high: float | None) -> int:
    """Return how many decimals an estimate with this interval deserves; two where there is no interval."""
    if low is None or high is None:
        return 2
    half = (high - low) / 2
    return 3 if half < THIRD_DIGIT else 2


def plain(value: float | None, decimals: int = 2) -> str:
    """Return a number with so many decimals and a true minus; an en dash where there is none.

    >>> plain(0.5), plain(-0.004), plain(None)
    ('0.50', '0.00', '–')
    """
    if value is None:
        return "–"
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def with_interval(row: Row) -> str:
    """Return an estimate with its interval, such as 0.68 [0.64, 0.72]; why there is none, where there is none."""
    if row.estimate is None:
        return f"undefined: {row.reason}"
    decimals = digits(row.low, row.high)
    if row.low is None or row.high is None:
        return plain(row.estimate, decimals)
    return f"{plain(row.estimate, decimals)} [{plain(row.low, decimals)}, {plain(row.high, decimals)}]"


def counted(n: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "trial"), counted(1260, "judgement"), counted(2, "study", "studies")
    ('1 trial', '1,260 judgements', '2 studies')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def p_value(p: float | None) -> str:
    """Return a p-value to two digits, and those below .001 as such."""
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.2g}"
