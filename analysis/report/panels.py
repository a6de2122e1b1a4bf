"""What the dot-and-interval plots show: from rows of agreement to dots and lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.agreement.row import Row
from analysis.agreement.strata import PARTS
from analysis.report.numbers import plain, with_interval

# A stratum of fewer trials says nothing; it is in agreement.csv, not in the report.
FEWEST_TRIALS = 3
FEWEST_CLIPS = 9  # of which three or so are a trial


@dataclass(frozen=True, slots=True)
class Dot:
    """One model's estimate with its interval."""

    label: str
    encoder: str
    row: Row


@dataclass(frozen=True, slots=True)
class Line:
    """A value that all models are held against, with its interval where it has one."""

    name: str
    style: str
    row: Row


@dataclass(frozen=True, slots=True)
class Panel:
    """One set of judgements: a dot for each model, and lines for chance and ceilings."""

    title: str
    axis: str
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]

    @property
    def description(self) -> str:
        """The panel in words, for whoever does not see it."""
        lines = [f"{line.name} {plain(line.row.estimate)}" for line in self.lines if line.row.estimate is not None]
        dots = [f"{dot.label} {with_interval(dot.row)}" for dot in self.dots]
        return f"{self.title}: " + "; ".join(dots + lines) + "."


@dataclass(frozen=True, slots=True)
class Kind:
    """Which measures make a panel: that of the dots, and the lines by name, style and measure."""

    measure: str
    axis: str
    lines: tuple[tuple[str, str, str], ...]
    fewest: int = FEWEST_TRIALS

    @property
    def chance(self) -> str:
        """The measure of the line for chance."""
        return next(measure for _, style, measure in self.lines if style == "chance")

    @property
    def ceiling(self) -> str:
        """The measure of what listeners reach."""
        return next(measure for _, style, measure in self.lines if style == "ceiling")


TRIADS = Kind(
    "accuracy_judgement",
    "share of judgements that the model shares",
    (
        ("chance", "chance", "chance"),
        ("leave-one-out", "ceiling", "leave_one_out"),
        ("oracle", "oracle", "oracle"),
    ),
)
SUITABILITY = Kind(
    "suitability_pairwise_accuracy",
    "share of clip pairs that the model orders as listeners do",
    (
        ("chance", "chance", "chance_pairwise"),
        ("one listener out", "ceiling", "suitability_pairwise_accuracy_one_out"),
    ),
    fewest=FEWEST_CLIPS,
)


def panels(rows: Sequence[Row], kind: Kind, encoders: Mapping[str, str], *, subset: str) -> list[Panel]:
    """Return a panel for each question that has the kind's measures.

    `encoders` maps a model's name to its encoder, in the order of the rows of the plot.
    """
    wanted = [row for row in rows if row.subset == subset and not is_part(row.stratum)]
    found = []
    for stratum in dict.fromkeys(row.stratum for row in wanted):
        here = {(row.measure, row.model): row for row in wanted if row.stratum == stratum}
        lines = [Line(name, style, here[m, ""]) for name, style, m in kind.lines if (m, "") in here]
        if lines:
            found.append(Panel(readable(stratum), kind.axis, _dots(here, kind, encoders), tuple(lines)))
    return found


@dataclass(frozen=True, slots=True)
class StrataPanel:
    """One question by part of its trials: for each its name, a dot for each model, and what listeners reach."""

    title: str
    axis: str
    strata: tuple[tuple[str, tuple[Dot, ...], Line], ...]
    chance: Line

    @property
    def description(self) -> str:
        """The panel in words."""
        said = [
            f"{name}: " + ", ".join(f"{dot.label} {with_interval(dot.row)}" for dot in dots)
            for name, dots, _ in self.strata
        ]
        return f"{self.title}: " + "; ".join(said) + "."


def strata_panels(
    rows: Sequence[Row], encoders: Mapping[str, str], *, subset: str, kind: Kind = TRIADS
) -> list[StrataPanel]:
    """Return a panel for each way to part a question's trials that gives two large parts or more."""
    parted: dict[tuple[str, str], dict[str, dict[tuple[str, str], Row]]] = {}
    chances = {row.stratum: row for row in rows if row.subset == subset and row.measure == kind.chance}
    for row in rows:
        if row.subset == subset and is_part(row.stratum):
            how, label = part_of(row.stratum)
            parted.setdefault((whole_of(row.stratum), how), {}).setdefault(label, {})[row.measure, row.model] = row
    found = []
    for (question, how), strata in parted.items():
        large = {label: here for label, here in strata.items() if is_large(here.get((kind.ceiling, "")), kind)}
        if len(large) >= 2:
            shown = [
                (label, _dots(here, kind, encoders), Line("listeners", "ceiling", here[kind.ceiling, ""]))
                for label, here in large.items()
            ]
            chance = Line("chance", "chance", chances[question])
            title = f"{readable(question)}, by {how}"
            found.append(StrataPanel(title, kind.axis, tuple(shown), chance))
    return found


def is_large(row: Row | None, kind: Kind) -> bool:
    """Tell whether a part of a question has enough trials to be shown, from what its listeners reach."""
    return row is not None and row.n_trials >= kind.fewest


def _dots(here: Mapping[tuple[str, str], Row], kind: Kind, encoders: Mapping[str, str]) -> tuple[Dot, ...]:
    """Return the models' dots of one stratum, whose rows are given by measure and model."""
    measure = kind.measure
    return tuple(Dot(name, e, here[measure, name]) for name, e in encoders.items() if (measure, name) in here)


def is_part(stratum: str) -> bool:
    """Tell whether a stratum is a part of a question's trials."""
    return any(kind in parts(stratum) for kind in PARTS)


def part_of(stratum: str) -> tuple[str, str]:
    """Return how a part was made and its label.

    >>> part_of("task=prosodic;question=odd;speakers=same")
    ('speakers', 'same')
    """
    return next((name, label) for name, label in parts(stratum).items() if name in PARTS)


def parts(stratum: str) -> dict[str, str]:
    """Return the names and values of a stratum."""
    return dict(part.split("=", 1) for part in stratum.split(";"))


def whole_of(stratum: str) -> str:
    """Return the question that a stratum is a part of.

    >>> whole_of("task=prosodic;question=odd;words=mhm")
    'task=prosodic;question=odd'
    """
    return ";".join(f"{name}={value}" for name, value in parts(stratum).items() if name not in PARTS)


def readable(stratum: str) -> str:
    """Return a stratum as people say it.

    >>> readable("task=prosodic;question=odd;stratum=mhm")
    'prosodic · odd · mhm'
    >>> readable("task=contextual;question=best;clips=4;speakers=same")
    'contextual · best · 4 clips · same speaker'
    """
    say = {"clips": "{} clips", "speakers": "{} speaker"}
    return " · ".join(say.get(name, "{}").format(value) for name, value in parts(stratum).items())
