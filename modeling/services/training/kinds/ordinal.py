"""The map that people's judgements alone make (`modeling.ml.ordinal`): no model has a part in it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.models import Corpus
from modeling.models import TrainingRun
from modeling.services.judgements import frozen_judgements
from modeling.services.training.base import Kind, Listener, Outcome, Spot, SpotMap, Table

METHODS = {"soe": "soft ordinal embedding", "tste": "t-STE"}


class Ordinal(Kind):
    """Ordinal embedding, with as many dimensions as predict held-out judgements."""

    title = "map of people"
    queue = "cpu"
    data_word = "folds"
    curve_over = "number of dimensions"

    def complete(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings with defaults."""
        from modeling.ml.ordinal.settings import complete

        return complete(raw).as_json()

    def label(self, settings: Mapping[str, Any]) -> str:
        """Return a name that says that people alone made it, and from which answers."""
        source = frozen_judgements(settings["judgements"]).source
        return f"map of people, {settings['method']}: {source.get('study', source.get('file', ''))}"[:120]

    def data_digest(self, corpus: Corpus | None, settings: Mapping[str, Any]) -> str:
        """Return the digest of the judgements, which must be there."""
        frozen_judgements(settings["judgements"])
        return str(settings["judgements"])

    def train(self, run: TrainingRun, folder: Path, listener: Listener) -> Outcome:
        """Score each number of dimensions fold by fold, then embed all judgements."""
        from modeling.ml.ordinal.run import map_run
        from modeling.ml.ordinal.settings import complete

        settings = complete(run.settings)
        frozen = frozen_judgements(settings.judgements)
        listener.say("Mapping without some triads, testing on them")
        about = {"label": run.label}
        metrics, total = map_run(frozen, settings, folder=folder, of=run.digest, about=about, listener=listener)
        return Outcome(metrics, run.done, total)

    def tables(self, metrics: Mapping[str, Any]) -> Sequence[Table]:
        """Return the held-out accuracy of each number of dimensions."""
        if not metrics:
            return []
        rows = tuple(
            (
                str(each["dimension"]),
                f"{each['accuracy']:.3f}",
                f"{each['standard_error']:.3f}",
                "yes" if each["dimension"] == metrics["chosen"] else "",
            )
            for each in metrics["tried"]
        )
        chance = "1/2" if metrics["anchored"] else "1/3"
        caption = (
            f"Judgements foreseen by a map made without them ({metrics['triads']} triads of {metrics['clips']} clips, "
            f"{metrics['judgements']} judgements, {len(metrics['tried'][0]['folds'])} folds; chance {chance})"
        )
        return [Table(caption, ("dimensions", "held-out accuracy", "standard error", "chosen"), rows)]

    def map_of(self, metrics: Mapping[str, Any]) -> SpotMap | None:
        """Return the first two axes of the map."""
        if not metrics:
            return None
        told = metrics["picture"]
        spots = tuple(
            Spot(key, token, x, y)
            for key, token, (x, y) in zip(told["clips"], told["tokens"], told["positions"], strict=True)
        )
        return SpotMap(_caption(metrics), _words(spots, metrics), spots)


def _caption(metrics: Mapping[str, Any]) -> str:
    method, chosen = METHODS[metrics["method"]], metrics["chosen"]
    if chosen == 1:
        shown = "Two dimensions are drawn; one foresees held-out judgements as well."
    else:
        shown = "These are all dimensions of the map." if chosen == 2 else f"The first two of {chosen} dimensions."
    return f"Clips as people's judgements place them ({method}): those judged alike lie together. {shown}"


def _words(spots: Sequence[Spot], metrics: Mapping[str, Any]) -> str:
    """Return the picture in a sentence: who lies at the ends of the first axis."""
    along = sorted(spots, key=lambda spot: spot.x)
    first, last = (f"{spot.key} {spot.text}".strip() for spot in (along[0], along[-1]))
    return (
        f"Map of {len(spots)} clips from {metrics['judgements']} judgements. Along the first axis, in which they "
        f"differ most, it goes from {first} on the left to {last} on the right. All places are in the table below."
    )


KIND = Ordinal()
