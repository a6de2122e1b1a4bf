"""Times as people say them."""


def in_words(seconds: float) -> str:
    """Return a time in words.

    >>> in_words(42.4), in_words(400), in_words(9000)
    ('42 s', '7 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
