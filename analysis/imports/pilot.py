"""What a pilot says about the study to come: agreement, accuracies, and how alike the models choose."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from analysis.agreement.row import INCLUDED
from analysis.errors import AnalysisError
from analysis.export.formats import FORMATS
from analysis.imports.rows import CsvRow, read_rows
from analysis.stats.noise_model import Measure

KAPPA = "fleiss_kappa"


@dataclass(frozen=True, slots=True)
class Pilot:
    """Figures of a pilot: the better model first; `same` is the share of triads in which both choose the same clip.

    `raters` and `each` are the mean numbers of judgements a triad and a participant, rounded.
    """

    kappa: float
    raters: int
    each: int
    models: tuple[str, str]
    accuracy: float
    against: float
    same: float


class Tables(Protocol):
    """Where a pilot's rows come from: a folder, or a study in the database."""

    name: str

    def rows(self, table: str, *columns: str) -> Sequence[CsvRow]:
        """Return the rows of `agreement`, `responses` or `predictions`; they have the columns."""


class ExportedTables:
    """Tables of a folder that `export_agreement` wrote, in any of its formats."""

    def __init__(self, folder: Path) -> None:
        self.name, self.folder = str(folder), folder

    def rows(self, table: str, *columns: str) -> Sequence[CsvRow]:
        """Read a table; raise `ImportFaultsError` for a bad file and `AnalysisError` where there is none."""
        paths = [path for form in FORMATS if (path := self.folder / f"{table}.{form}").is_file()]
        if not paths:
            raise AnalysisError(
                f"{self.folder} has no {table}.csv. Give a study, or a folder that export_agreement wrote (not as "
                "Psych-DS)."
            )
        return read_rows(paths[0], required=columns).rows


def read_pilot(tables: Tables, *, measure: Measure, models: Sequence[str] = ()) -> Pilot:
    """Return a pilot's figures; `models` are two labels, by default the two most accurate.

    Of several questions about the odd one of a triad the one with the most judgements counts. Raises `AnalysisError`
    where a figure is missing, and what the tables raise.
    """
    columns = ("measure", "model", "subset", "stratum", "n_trials", "n_judgements", "estimate")
    rows = tables.rows("agreement", *columns)
    known = [row for row in rows if row["subset"] == INCLUDED and row["estimate"] and ";stratum=" not in row["stratum"]]
    odd = {row["stratum"] for row in known if row["measure"] == "chance" and abs(float(row["estimate"]) - 1 / 3) < 1e-6}
    of_triads = (row for row in known if row["measure"] == KAPPA and row["stratum"] in odd)
    kappa = max(of_triads, key=_n_judgements, default=None)
    if kappa is None:
        raise AnalysisError(f"{tables.name} has no Fleiss' kappa: the pilot needs triads judged twice.")
    accuracy = {
        row["model"]: float(row["estimate"])
        for row in known
        if row["measure"] == f"accuracy_{measure}" and row["stratum"] == kappa["stratum"]
    }
    one, other = _two(accuracy, models, tables.name)
    return Pilot(
        kappa=float(kappa["estimate"]),
        raters=max(1, round(_n_judgements(kappa) / int(kappa["n_trials"]))),
        each=_trials_each(tables, kappa["stratum"]),
        models=(one, other),
        accuracy=accuracy[one],
        against=accuracy[other],
        same=_same_choices(tables, one, other),
    )


def _n_judgements(row: CsvRow) -> int:
    return int(row["n_judgements"])


def _two(accuracy: dict[str, float], models: Sequence[str], name: str) -> tuple[str, str]:
    """Return the two models, the better one first."""
    there = ", ".join(sorted(accuracy)) or "none"
    unknown = [label for label in models if label not in accuracy]
    if unknown or len(models or accuracy) < 2:
        what = f"no model {unknown[0]!r}" if unknown else "fewer than two models"
        raise AnalysisError(f"{name} has {what} with an accuracy; there are: {there}.")
    one, other = sorted(models or accuracy, key=lambda label: -accuracy[label])[:2]
    return one, other


def _trials_each(tables: Tables, stratum: str) -> int:
    """Return how many triads a participant judged on average."""
    question = dict(part.split("=", 1) for part in stratum.split(";")).get("question", "")
    rows = tables.rows("responses", "participant", "trial", "question")
    per_person = Counter(row["participant"] for row in rows if row["question"] == question)
    return max(1, round(per_person.total() / len(per_person))) if per_person else 1


def _same_choices(tables: Tables, one: str, other: str) -> float:
    """Return the share of the trials that both models cover in which they choose the same clip."""
    rows = tables.rows("predictions", "trial", "model", "choice")
    choices = {model: {row["trial"]: row["choice"] for row in rows if row["model"] == model} for model in (one, other)}
    both = choices[one].keys() & choices[other].keys()
    if not both:
        raise AnalysisError(f"{tables.name} has no trial that both {one} and {other} cover.")
    return sum(choices[one][trial] == choices[other][trial] for trial in both) / len(both)
