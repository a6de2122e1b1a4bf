"""Judgements for the statistics' tests: textbook tables, random tables, and real data that may be absent."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from analysis.stats.judgements import Judgements

Table = Sequence[Sequence[object]]


@pytest.fixture
def from_table() -> Callable[..., Judgements]:
    """Make judgements of a trials × raters table of labels, None where missing."""

    def make(table: Table, categories: Sequence[object] | None = None) -> Judgements:
        cells = [(t, p, x) for t, row in enumerate(table) for p, x in enumerate(row) if x is not None]
        names = sorted({x for *_, x in cells}) if categories is None else list(categories)
        trial, participant, labels = zip(*cells, strict=True) if cells else ((), (), ())
        choice = [names.index(x) for x in labels]
        return Judgements(trial, participant, choice, len(table), max(map(len, table)), len(names))

    return make


@pytest.fixture
def from_counts() -> Callable[..., Judgements]:
    """Make judgements of a trials × categories table of counts; raters are numbered within each trial."""

    def make(table: Sequence[Sequence[int]]) -> Judgements:
        rows = [np.repeat(np.arange(len(row)), row) for row in table]
        trial = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        participant = np.concatenate([np.arange(len(row)) for row in rows])
        return Judgements(trial, participant, np.concatenate(rows), len(rows), max(map(len, rows)), len(table[0]))

    return make


@pytest.fixture
def golden_rows(shared_data: Path) -> Callable[[str], list[list[str]]]:
    """Return the rows, without header, of one of the published agreement tables."""

    def read(name: str) -> list[list[str]]:
        with (shared_data / "agreement_golden" / name).open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))[1:]

    return read
