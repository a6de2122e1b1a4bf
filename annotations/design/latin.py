"""Counterbalanced orders: each trial on each page, and after each other trial, equally often.

Williams, E. J. (1949). Experimental designs balanced for the estimation of residual effects of treatments. Australian
Journal of Scientific Research A, 2, 149-168.
"""


def n_rows(n: int) -> int:
    """Return the number of rows of a Williams design for `n` trials: n if n is even, else 2n.

    >>> [n_rows(n) for n in (1, 2, 3, 4)]
    [1, 2, 6, 4]
    """
    return n if n % 2 == 0 or n == 1 else 2 * n


def williams_row(n: int, row: int) -> list[int]:
    """Return the order 0…n − 1 of a row of the balanced Latin square of size `n`; rows repeat after `n_rows(n)`.

    The first row is 0, 1, n − 1, 2, n − 2, …; the next ones add 1 (modulo n) to every entry. For odd n the n rows are
    followed by the same rows backwards; only together are they balanced for what comes before what. Every entry stands
    equally often at each place, so the first k places of all rows hold every entry k times (2k for odd n).

    >>> [williams_row(4, row) for row in range(4)]
    [[0, 1, 3, 2], [1, 2, 0, 3], [2, 3, 1, 0], [3, 0, 2, 1]]
    """
    first = [(at + 1) // 2 if at % 2 else (n - at // 2) % n for at in range(n)]
    backwards, step = divmod(row % n_rows(n), n)
    order = [(entry + step) % n for entry in first]
    return order[::-1] if backwards else order
