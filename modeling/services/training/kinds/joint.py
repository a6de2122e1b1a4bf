"""Stage 2: contexts and backchannels in one space (`modeling.ml.joint`), trained on item vectors."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from corpus.models import Corpus
from modeling.models import TrainingRun
from modeling.queries.training import training_by_digest
from modeling.services.training.base import Kind, Listener, Outcome, Table
from modeling.services.training.joining import settings as joining
from modeling.services.training.joining.items import check_alike, items_of_run
from modeling.services.training.joining.parents import see_through

if TYPE_CHECKING:
    from modeling.ml.joint.items import Items
    from modeling.ml.joint.training import Outcome as Trained

SPACE, RECIPE = "space", "recipe.json"  # as `modeling.ml.joint.applied` reads them
COLUMNS = {
    "top_10": "top 10 %",
    "top_25": "top 25 %",
    "top_50": "top 50 %",
    "recall_1": "first",
    "recall_10": "first 10",
    "mrr": "MRR",
    "median_rank": "median rank / N",
}


class Joint(Kind):
    """Training the joint space, with retrieval on the test part."""

    title = "joint space"
    data_word = "items"
    curve_names: ClassVar[Mapping[str, str]] = {"top_10": "top 10 %", "mrr": "MRR"}

    def complete(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings with defaults; `backchannel` and `context` are digests of item_vectors runs."""
        return joining.complete(raw)

    def label(self, settings: Mapping[str, Any]) -> str:
        """Return the parts of the contexts and what tells runs apart."""
        return joining.label(settings)

    def data_digest(self, corpus: Corpus | None, settings: Mapping[str, Any]) -> str:
        """Return the digest of the extraction that all parents are of; raise `RunError` where they differ."""
        parents = [training_by_digest(digest) for digest in joining.parent_digests(settings)]
        check_alike(parents, parents[0].data_digest)
        return parents[0].data_digest

    def train(self, run: TrainingRun, folder: Path, listener: Listener) -> Outcome:
        """See the parents through, then train."""
        from modeling.ml.joint.files import write_json
        from modeling.ml.joint.training import train

        for digest in joining.parent_digests(run.settings):
            if not see_through(training_by_digest(digest), listener, owner=run.lease_owner):
                return Outcome(None, run.saved, run.total)
        listener.say("Reading the items")
        items, recipe = items_of_run(run)
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / RECIPE, recipe)
        settings = joining.joint_settings(run.settings)
        watch = _Watching(listener, items, settings.batch, settings.epochs)
        listener.say("Training")
        ended = train(items, settings, folder / SPACE, resume=True, watch=watch.watch)
        if ended.ended == "cancelled":
            return Outcome(None, watch.step(ended.card["epoch"]), watch.total)
        listener.say("Retrieval on the test part")
        return Outcome(_metrics(items, ended, recipe), watch.step(ended.card["epoch"]), watch.total)

    def tables(self, metrics: Mapping[str, Any]) -> Sequence[Table]:
        """Return retrieval on the test pool."""
        if not metrics:
            return []
        rows = [(title, *(_number(metrics["test"][name][one]) for one in COLUMNS)) for name, title in _ways(metrics)]
        rows.append(("chance", *(_number(metrics["chance"][one]) for one in COLUMNS)))
        caption = f"Retrieval on the test part, {metrics['pool']:,} items, after epoch {metrics['best_epoch']}"
        return [Table(caption, ("ranked", *COLUMNS.values()), tuple(rows), "; ".join(metrics["notes"]))]


class _Watching:
    """Tells the listener what the training loop tells; a step is a batch."""

    def __init__(self, listener: Listener, items: "Items", batch: int, epochs: int) -> None:
        from modeling.ml.joint.items import Split
        from modeling.ml.joint.training import Watch

        n = max(len(items.rows(Split.TRAIN)), 1)
        self._batches = n // min(batch, n)
        self._size = min(batch, n)
        self.total = epochs * self._batches
        self._listener = listener
        self.watch = Watch(point=self._point, progress=self._progress, cancelled=listener.stop)

    def step(self, epoch: int) -> int:
        """Return the step that an epoch ends with."""
        return epoch * self._batches

    def _point(self, point: Any) -> None:
        step = self.step(point.epoch)
        if point.loss is not None:
            self._listener.point(step, "train", "loss", point.loss)
        for name in ("top_10", "mrr"):
            self._listener.point(step, "validation", name, point.figures[name])
        self._listener.saved(step)

    def _progress(self, progress: Any) -> None:
        step = self.step(progress.epoch - 1) + progress.items // self._size
        self._listener.at(step=step, total=self.total, speed=progress.items_per_s)


def _metrics(items: "Items", ended: "Trained", recipe: Mapping[str, Any]) -> dict[str, Any]:
    from modeling.ml.joint.items import Split
    from modeling.ml.joint.judging import judged, small_pool, test_pool
    from modeling.ml.joint.project import project
    from modeling.ml.retrieval import chance

    card = ended.card
    best = next(point for point in card["points"] if point["epoch"] == card["best_epoch"])
    rows = test_pool(items, card["settings"]["pool"])
    found: dict[str, Any] = {}
    if len(rows):
        vectors = project(ended.model, items, rows, card["settings"]["context"])
        found = judged(*vectors, items.form[rows])
    notes = {"test": small_pool(len(rows)), "validation": small_pool(card["data"]["pool"])}
    return {
        "test": {name: one.ranks.figures() for name, one in found.items()},
        "how": {name: f"{one.ranks.how} ({one.ranks.pool})" for name, one in found.items()},
        "pool": len(rows),
        "validation": best["figures"],
        "validation_pool": card["data"]["pool"],
        "chance": chance(max(len(rows), 1)),
        "best_epoch": card["best_epoch"],
        "ended": ended.ended,
        "splits": card["data"]["splits"],
        "left_out": len(items.rows(Split.LEFT_OUT)),
        "notes": [f"{part} pool: {note}" for part, note in notes.items() if note],
        "recipe": dict(recipe),
        "versions": card["versions"],
    }


def _ways(metrics: Mapping[str, Any]) -> list[tuple[str, str]]:
    titles = {"all": "true backchannel", "same_form": "first of the same word form", "forms": "word form"}
    # Of "batch-pooled, B = 48 (48)" the pool in brackets says nothing new.
    return [
        (name, titles.get(name, f"true one, {metrics['how'][name].partition(' (')[0]}")) for name in metrics["test"]
    ]


def _number(value: float) -> str:
    return f"{value:.3f}"


KIND = Joint()
