"""Training runs as their pages show them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from analysis.report.curves import Curve, curve_of
from analysis.report.spots import DrawnMap, drawn
from modeling.durations import in_words
from modeling.enums import RunState
from modeling.models import TrainingRun
from modeling.queries.runs import UNFINISHED
from modeling.queries.training import curves_of
from modeling.services.training.base import Table
from modeling.services.training.kinds import kind_named, kind_names

Lines = dict[str, dict[str, list[tuple[int, float]]]]
MOST = 200
"""Runs in the list, the latest first."""


@dataclass(frozen=True, slots=True)
class TrainingShown:
    """What a run's page shows."""

    run: TrainingRun
    kind: str
    state: str
    unfinished: bool
    may_go_on: bool
    speed: str
    time_left: str
    waits_for_worker: bool
    curves: Sequence[Curve]
    tables: Sequence[Table]
    map: DrawnMap | None
    settings: Sequence[tuple[str, str]]


def training_lines() -> list[tuple[TrainingRun, str]]:
    """Return the latest runs with their corpora, and what people call their kinds, in one query."""
    runs = TrainingRun.objects.select_related("corpus").defer("settings", "metrics", "versions")[:MOST]
    return [(run, kind_title(run.kind)) for run in runs]


def kind_title(name: str) -> str:
    """Return what people call a kind of training; the name of one that is not known any more."""
    return kind_named(name).title if name in kind_names() else name


def run_shown(run: TrainingRun) -> TrainingShown:
    """Return everything that a run's page shows, in one query more."""
    known = run.kind in kind_names()
    over = kind_named(run.kind).curve_over if known else "step"
    names = kind_named(run.kind).curve_names if known else {}
    made = kind_named(run.kind).map_of(run.metrics) if known else None
    unfinished = run.state in UNFINISHED
    gone = run.lease_until is not None and run.lease_until < timezone.now()
    return TrainingShown(
        run=run,
        kind=kind_title(run.kind),
        state=RunState(run.state).label,
        unfinished=unfinished,
        may_go_on=run.state in (RunState.FAILED, RunState.CANCELLED),
        speed=f"{run.speed:,.0f} {kind_named(run.kind).data_word} a second"
        if run.speed and unfinished and known
        else "",
        time_left="" if run.seconds_left is None else in_words(run.seconds_left),
        waits_for_worker=unfinished and (run.state == RunState.QUEUED or gone),
        curves=[
            curve_of(names.get(name, name), lines, run.total, over=over) for name, lines in _loss_first(curves_of(run))
        ],
        tables=kind_named(run.kind).tables(run.metrics) if known else [],
        map=None if made is None else drawn(made),
        settings=[(name, _said(value)) for name, value in sorted(run.settings.items()) if value not in ("", None)],
    )


def _loss_first(curves: Lines) -> list[tuple[str, dict[str, list[tuple[int, float]]]]]:
    return sorted(curves.items(), key=lambda each: (each[0] != "loss", each[0]))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value):
        return f"{value[:8]}…"  # a digest: its beginning names it everywhere
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(each)}" for name, each in sorted(value.items())) or "none"
    return " ".join(map(_said, value)) if isinstance(value, list) else str(value)
