r"""The report's tables as LaTeX, each a file to `\\input`: booktabs, with caption and label."""

import textwrap
from collections.abc import Mapping, Sequence

from analysis.report.tables import TextTable

LONGEST = 40
"""A table of more rows goes over pages (longtable)."""
WIDEST_HEAD, WIDEST_CELL, WIDEST_NAME = 14, 24, 40
"""Longer ones are broken at spaces: a head would make its column wide, a reason the table wider than the page."""
ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "−": "$-$", "×": r"$\times$", "·": r"$\cdot$", "→": r"$\to$",
    "–": "--", "—": "---", "’": "'", "‘": "`", "“": "``", "”": "''", "…": r"\ldots{}", "≤": r"$\leq$", "≥": r"$\geq$",
    "\N{NO-BREAK SPACE}": "~", "\n": " ", "\t": " ",
}  # fmt: skip


def latex_files(tables: Mapping[str, Sequence[TextTable]]) -> dict[str, str]:
    """Return the files by their names, such as tables/models-1.tex, of tables by their kind; empty tables have none."""
    return {
        f"tables/{kind}-{number}.tex": latex_table(table, label=f"tab:{kind}-{number}")
        for kind, of_kind in tables.items()
        for number, table in enumerate((each for each in of_kind if each.rows), start=1)
    }


def latex_table(table: TextTable, *, label: str) -> str:
    """Return one table; what is written in it stands for itself, whatever LaTeX would make of it."""
    long = len(table.rows) > LONGEST
    caption = " ".join(text for text in (table.caption.rstrip(".") + ".", table.note) if text)
    named = rf"\caption{{{escaped(caption)}}}\label{{{label}}}"
    columns = "l" + "l" * (len(table.heads) - 1)
    head, body = _line(table.heads, WIDEST_HEAD), "\n".join(map(_line, table.rows))
    ruled = f"\\toprule\n{head}\n\\midrule\n"
    needs = f"% Needs \\usepackage{{booktabs{',longtable' if long else ''}}}. Written by bcstudy: change the study.\n"
    if long:
        return (
            f"{needs}\\begin{{longtable}}{{{columns}}}\n{named}\\\\\n{ruled}\\endhead\n{body}\n\\bottomrule\n"
            "\\end{longtable}\n"
        )
    return (
        f"{needs}\\begin{{table}}[htbp]\n\\centering\n\\small\n\\setlength{{\\tabcolsep}}{{4pt}}\n{named}\n"
        f"\\begin{{tabular}}{{{columns}}}\n"
        f"{ruled}{body}\n\\bottomrule\n\\end{{tabular}}\n\\end{{table}}\n"
    )


def escaped(text: str) -> str:
    r"""Return a text as LaTeX that prints it.

    >>> print(escaped("wavlm_base & 95 % [−0.02]"))
    wavlm\_base \& 95 \% [$-$0.02]
    """
    return "".join(ESCAPES.get(letter, letter) for letter in text)


def _line(cells: Sequence[str], widest: int = WIDEST_CELL) -> str:
    r"""Return a row. A bracket that begins it would be read as the height of the row before: `\\[2mm]`."""
    texts = [_cell(cell, widest if at else max(widest, WIDEST_NAME)) for at, cell in enumerate(cells)]
    texts[0] = f"{{[}}{texts[0][1:]}" if texts[0].startswith("[") else texts[0]
    return " & ".join(texts) + r" \\"


def _cell(text: str, widest: int) -> str:
    """Return a cell in as many lines as it needs."""
    lines = textwrap.wrap(text, widest, break_long_words=False, break_on_hyphens=False)
    several = r"\\".join(map(escaped, lines))
    return rf"\shortstack[l]{{{several}}}" if len(lines) > 1 else escaped(text)
