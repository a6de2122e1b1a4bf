"""Tables in the terminal."""

from modeling.services.training.base import Table


def as_text(table: Table) -> str:
    """Return the table in columns, the first to the left, the others to the right.

    >>> print(as_text(Table("Perplexity", ("tokens", "after"), (("all", "9.5"), ("backchannels", "10.7")))))
    Perplexity
    tokens        after
    all             9.5
    backchannels   10.7
    """
    lines = [table.heads, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.heads))]
    above = [table.caption, *([table.note] if table.note else [])]
    return "\n".join([*above, *(_line(line, widths) for line in lines)])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])
