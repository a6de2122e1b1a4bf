"""Say how many triads and participants a comparison of two models needs, and what that costs."""

from argparse import ArgumentParser
from typing import Any

from analysis.errors import AnalysisError
from analysis.imports.pilot import Pilot
from analysis.services.pilot import pilot_of
from analysis.services.power_plan import (
    AROUND,
    PAGE,
    PowerPlan,
    cost,
    plan_power,
    seconds_each,
    study_facts,
    with_pilots_overlap,
)
from analysis.stats.noise_model import Noise, UnreachableError
from analysis.stats.power import MOST_TRIALS, Comparison
from annotations.checking.expected import Pay
from annotations.checking.facts import StudyFacts
from corpus.commands import DomainCommand

FROM_PILOT = ("accuracy", "against", "kappa", "raters")
TRIALS_EACH = 48


class Command(DomainCommand):
    help = "Simulate studies in which two models are compared on the same triads, and say how large they must be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accuracy", type=float, help="of the better model")
        parser.add_argument("--against", type=float, metavar="ACCURACY", help="of the other model")
        parser.add_argument("--kappa", type=float, help="Fleiss' kappa among people")
        parser.add_argument("--raters", type=int, help="judgements a triad")
        parser.add_argument("--power", type=float, default=0.8, help="how surely the difference is to be found (0.8)")
        parser.add_argument(
            "--measure", choices=("majority", "judgement"), default="majority", help="which accuracy (majority)"
        )
        parser.add_argument(
            "--trials-each", type=int, help=f"triads a participant judges ({TRIALS_EACH}, or the study's)"
        )
        parser.add_argument("--guessing", type=float, default=0.1, help="share of answers that are guesses (0.1)")
        parser.add_argument("--overlap", type=float, help="correlation of the two models' errors (0.5, or the pilot's)")
        parser.add_argument(
            "--pilot", metavar="STUDY", help="a study, or the folder of its export: what is not given is taken from it"
        )
        parser.add_argument("--models", nargs=2, default=[], metavar="RUN", help="of the pilot (the most accurate two)")
        parser.add_argument("--study", help="a study file or slug: its pages and their length, as check_study counts")
        parser.add_argument("--pay-per-hour", type=float, metavar="AMOUNT", help="say what the study will cost")
        parser.add_argument("--fees", type=float, metavar="PERCENT", help="what the platform takes on top of the pay")
        parser.add_argument("--studies", type=int, default=500, help="simulated for each size (500)")
        parser.add_argument("--seed", type=int, default=0, help="of the simulation (0)")

    def run(self, **options: Any) -> None:
        pay, facts = _pay(options), study_facts(options["study"], lambda *_: None) if options["study"] else None
        named, models = options["pilot"], options["models"]
        pilot = pilot_of(named, measure=options["measure"], models=models) if named else None
        comparison = _comparison(options, pilot, facts)
        if pilot and options["overlap"] is None:
            comparison = with_pilots_overlap(comparison, pilot, seed=options["seed"])
        plan = plan_power(comparison, power=options["power"], n_studies=options["studies"], seed=options["seed"])
        self._tell(plan, options["power"], pilot)
        self._table(plan, pay, facts)
        if pay:
            self.stdout.write(_how_counted(pay, facts, comparison))

    def _tell(self, plan: PowerPlan, power: float, pilot: Pilot | None) -> None:
        asked, noise = plan.comparison, plan.comparison.noise
        if pilot:
            self.stdout.write(f"Pilot: {pilot.models[0]} against {pilot.models[1]}; same choice in {pilot.same:.0%}.")
        self.stdout.write(
            f"Assumed: accuracy ({asked.measure}) {asked.accuracy:g} against {asked.against:g}, kappa {noise.kappa:g}, "
            f"{asked.raters} judgements a triad, {asked.each} triads a participant, {noise.guessing:.0%} guesses, "
            f"errors of the models correlated by {noise.overlap:g}."
        )
        last = plan.sizes[-1]
        if plan.needed is None:
            self.stdout.write(f"More than {MOST_TRIALS:,} triads would be needed for a power of {power:g}.")
        else:
            size = next(size for size in plan.sizes if size.n_trials == plan.needed)
            self.stdout.write(f"Needed for a power of {power:g}: {size.n_trials} triads, {size.n_people} participants.")
            last = size
        apart = last.least_difference(power, asked.level, paired=False)
        self.stdout.write(
            f"With {last.n_trials} triads an accuracy has a standard error of {last.standard_error:.3f}; compared "
            f"unpaired, on triads of their own, models would have to differ by {apart:.3f}."
        )

    def _table(self, plan: PowerPlan, pay: Pay | None, facts: StudyFacts | None) -> None:
        self.stdout.write(
            f"{'triads':>8}{'people':>8}{'power':>14}{'SE':>8}{'SE of diff.':>13}{'cost' if pay else '':>12}"
        )
        for size in plan.sizes:
            power = f"{size.power:.2f} ± {1.96 * size.power_error:.2f}"
            costs = f"{cost(pay, size, plan.comparison, facts):,.2f}" if pay else ""
            self.stdout.write(
                f"{size.n_trials:>8}{size.n_people:>8}{power:>14}{size.standard_error:>8.3f}"
                f"{size.of_difference:>13.3f}{costs:>12}"
            )


def _comparison(options: dict[str, Any], pilot: Pilot | None, facts: StudyFacts | None) -> Comparison:
    """Return what is asked: options first, then the pilot's figures, then defaults."""
    given: dict[str, Any] = {name: options[name] for name in FROM_PILOT}
    if pilot:
        given = {name: getattr(pilot, name) if value is None else value for name, value in given.items()}
    missing = [f"--{name}" for name, value in given.items() if value is None]
    if missing:
        raise AnalysisError(f"Give {', '.join(missing)}, or a pilot with --pilot STUDY.")
    each = options["trials_each"] or (facts.pages if facts else pilot.each if pilot else TRIALS_EACH)
    overlap = 0.5 if options["overlap"] is None else options["overlap"]
    try:
        noise = Noise(given["kappa"], guessing=options["guessing"], overlap=overlap)
    except UnreachableError as error:
        raise AnalysisError(f"Impossible: {error}.") from error
    return Comparison(given["accuracy"], given["against"], noise, given["raters"], each, options["measure"])


def _pay(options: dict[str, Any]) -> Pay | None:
    per_hour, fees = options["pay_per_hour"], options["fees"]
    if per_hour is None and fees is not None:
        raise AnalysisError("Say with --pay-per-hour what participants get, so that --fees are a share of something.")
    return None if per_hour is None else Pay(per_hour, fees)


def _how_counted(pay: Pay, facts: StudyFacts | None, comparison: Comparison) -> str:
    """Say what the cost rests on."""
    minutes = seconds_each(facts, comparison.each) / 60
    source = "as check_study counts the study" if facts else f"assumed: {PAGE:g} s a triad and {AROUND:g} s around them"
    fees = f"with {pay.fees:g} % of fees" if pay.fees is not None else "without fees (--fees PERCENT adds them)"
    return f"Cost: {minutes:.0f} min a participant ({source}) at {pay.per_hour:g} an hour, {fees}, without taxes."
