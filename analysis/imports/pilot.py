"""What an exported pilot says about the study to come: agreement, accuracies, and how alike the models choose."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.agreement.row import INCLUDED
from analysis.errors import AnalysisError
from analysis.imports.rows import CsvRow, read_rows
from analysis.stats.noise_model import Measure

KAPPA = "fleiss_kappa"


@dataclass(frozen=True, slots=True)
class Pilot:
    """Figures of an export: the better model first; `same` is the share of triads in which both choose the same clip.

    `raters` and `each` are the mean numbers of judgements a triad and a participant, rounded.
    """

    kappa: float
    raters: int
    each: int
    models: tuple[str, str]
    accuracy: float
    against: float
    same: float


def read_pilot(folder: Path, *, measure: Measure, models: Sequence[str] = ()) -> Pilot:
    """Read a folder that `export_agreement` wrote; `models` are two labels, by default the two most accurate.

    Of several questions about triads the one with the most judgements counts. Raises `ImportFaultsError` for a file
    that cannot be read and `AnalysisError` where a figure is missing.
    """
    if not (folder / "agreement.csv").is_file():
        raise AnalysisError(f"{folder} has no agreement.csv. Give a folder that export_agreement wrote as CSV.")
    columns = ("measure", "model", "subset", "stratum", "n_trials", "n_judgements", "estimate")
    rows = read_rows(folder / "agreement.csv", required=columns).rows
    known = [row for row in rows if row["subset"] == INCLUDED and row["estimate"] and ";stratum=" not in row["stratum"]]
    kappa = max((row for row in known if row["measure"] == KAPPA), key=_n_judgements, default=None)
    if kappa is None:
        raise AnalysisError(f"{folder / 'agreement.csv'} has no Fleiss' kappa: the pilot needs triads judged twice.")
    accuracy = {
        row["model"]: float(row["estimate"])
        for row in known
        if row["measure"] == f"accuracy_{measure}" and row["stratum"] == kappa["stratum"]
    }
    one, other = _two(accuracy, models, folder)
    return Pilot(
        kappa=float(kappa["estimate"]),
        raters=max(1, round(_n_judgements(kappa) / int(kappa["n_trials"]))),
        each=_trials_each(folder, kappa["stratum"]),
        models=(one, other),
        accuracy=accuracy[one],
        against=accuracy[other],
        same=_same_choices(folder, one, other),
    )


def _n_judgements(row: CsvRow) -> int:
    return int(row["n_judgements"])


def _two(accuracy: dict[str, float], models: Sequence[str], folder: Path) -> tuple[str, str]:
    """Return the two models, the better one first."""
    there = ", ".join(sorted(accuracy)) or "none"
    unknown = [name for name in models if name not in accuracy]
    if unknown or len(models or accuracy) < 2:
        what = f"no model {unknown[0]!r}" if unknown else "fewer than two models"
        raise AnalysisError(f"{folder / 'agreement.csv'} has {what} with an accuracy; there are: {there}.")
    one, other = sorted(models or accuracy, key=lambda name: -accuracy[name])[:2]
    return one, other


def _trials_each(folder: Path, stratum: str) -> int:
    """Return how many triads a participant judged on average."""
    question = dict(part.split("=", 1) for part in stratum.split(";")).get("question", "")
    rows = read_rows(folder / "responses.csv", required=("participant", "trial", "question")).rows
    per_person = Counter(row["participant"] for row in rows if row["question"] == question)
    return max(1, round(per_person.total() / len(per_person))) if per_person else 1


def _same_choices(folder: Path, one: str, other: str) -> float:
    """Return the share of the trials that both models cover in which they choose the same clip."""
    rows = read_rows(folder / "predictions.csv", required=("trial", "model", "choice")).rows
    choices = {model: {row["trial"]: row["choice"] for row in rows if row["model"] == model} for model in (one, other)}
    both = choices[one].keys() & choices[other].keys()
    if not both:
        raise AnalysisError(f"{folder / 'predictions.csv'} has no trial that both {one} and {other} cover.")
    return sum(choices[one][trial] == choices[other][trial] for trial in both) / len(both)
