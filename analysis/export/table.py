"""A table that is written to a file, with what each column means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.export.cells import Cell, csv_text


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` maps each column's name, in order, to its meaning: the codebook in the manifest."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[Sequence[Cell]]

    @property
    def text(self) -> str:
        """The CSV file."""
        return csv_text(list(self.columns), self.rows)
