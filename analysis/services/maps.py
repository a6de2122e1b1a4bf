"""Maps of clips as people's judgements place them, and as models do, laid over each other.

Each question about triads has its own maps: it may be answered by other qualities of a sound. Clips that were never
compared, directly or by way of others, have no place relative to each other: each connected part of the clips has a map
of its own. The largest ones are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import log

import numpy as np
import numpy.typing as npt

from analysis.enums import Population
from analysis.export.triplets import judged
from analysis.queries.answers import Answers
from analysis.queries.human_maps import StoredMap, stored_map
from analysis.queries.plan import AskedQuestion
from analysis.queries.runs import Model
from analysis.queries.stimuli import Sound
from analysis.queries.vectors import unit_vectors
from analysis.report.maps import HumanMap, MapSet, ModelMap
from analysis.stats.maps import aligned, classical_scaling, connected
from annotations.models import StudyVersion
from modeling.models import EmbeddingRun

Floats = npt.NDArray[np.float64]
FEWEST_CLIPS, MOST_CLIPS = 8, 200
MOST_PARTS = 3
"""Maps shown: those of the parts with the most judgements."""
DIMENSION, STARTS = 2, 3


@dataclass(frozen=True, eq=False)
class Part:
    """Clips that a `question` compared: `rows` (n,) of the sounds, and (m, 3) judgements of them, the odd one last."""

    question: str
    rows: npt.NDArray[np.int64]
    judgements: npt.NDArray[np.int64]


def maps_of(
    version: StudyVersion, answers: Answers, models: Sequence[Model], sounds: Sequence[Sound], *, seed: int
) -> list[MapSet]:
    """Return the map of each part with every model's beside it; none where judgements are too few for a map.

    A finished map of this version's judgements is taken before one is computed, which takes torch, and
    at most `MOST_CLIPS` clips.
    """
    parts = _parts(answers, sounds)
    stored = stored_map(version) if answers.population == Population.PEOPLE and parts else None
    mapped = [(part, _human(part, stored, sounds, seed)) for part in parts]
    shown = [(part, human) for part, human in mapped if human is not None][:MOST_PARTS]
    needed = {sounds[row].pk for part, _ in shown for row in part.rows.tolist()}
    vectors = {model.pk: unit_vectors(EmbeddingRun.objects.get(pk=model.pk), needed) for model in models if shown}
    return [
        MapSet(part.question, human, tuple(_model(one, vectors[one.pk], human, seed) for one in models), len(parts))
        for part, human in shown
    ]


def _parts(answers: Answers, sounds: Sequence[Sound]) -> list[Part]:
    """Return the parts of at least `FEWEST_CLIPS` clips, those with the most judgements first."""
    found = [part for asked in answers.plan.questions for part in _of_question(answers, asked, sounds)]
    large = [part for part in found if len(part.rows) >= FEWEST_CLIPS]
    return sorted(large, key=lambda part: (-len(part.judgements), part.question, part.rows[0]))


def _of_question(answers: Answers, asked: AskedQuestion, sounds: Sequence[Sound]) -> list[Part]:
    place = {sound.pk: row for row, sound in enumerate(sounds)}
    triads = np.array(list(judged(answers, place, asked.pk)), dtype=np.int64).reshape(-1, 3)
    distinct = (triads[:, 0] != triads[:, 1]) & (triads[:, 1] != triads[:, 2]) & (triads[:, 0] != triads[:, 2])
    triads = triads[distinct]
    number = connected(triads, len(sounds))
    return [
        Part(f"{asked.task} · {asked.name}", np.flatnonzero(number == each), triads[number[triads[:, 0]] == each])
        for each in range(number.max(initial=-1) + 1)
    ]


def _human(part: Part, stored: StoredMap | None, sounds: Sequence[Sound], seed: int) -> HumanMap | None:
    clips = [sounds[row] for row in part.rows.tolist()]
    if stored is not None:
        place = {key: at for at, key in enumerate(stored.keys)}
        there = [clip for clip in clips if clip.key in place]
        if len(there) >= FEWEST_CLIPS:
            positions = stored.positions[[place[clip.key] for clip in there]]
            return HumanMap(there, positions, stored.judgements, f"run {stored.run[:12]}", stored.method)
    if not _enough(part) or find_spec("torch") is None:
        return None
    source = f"computed for this report, {STARTS} starts, seed {seed}"
    return HumanMap(clips, _embedded(part, seed), len(part.judgements), source, "soe")


def _enough(part: Part) -> bool:
    """Tell whether there are enough comparisons: about d · n · ln n are needed (Jain, Jamieson & Nowak 2016)."""
    n = len(part.rows)
    return n <= MOST_CLIPS and 2 * len(part.judgements) >= DIMENSION * n * log(n)


def _embedded(part: Part, seed: int) -> Floats:
    from modeling.ml.ordinal.embedding import embed
    from modeling.ml.ordinal.judged import Judged

    items = np.searchsorted(part.rows, part.judgements)
    judged_so = Judged.of(items, np.full(len(items), 2))
    made = embed(judged_so, dimension=DIMENSION, n_clips=len(part.rows), starts=STARTS, seed=seed)
    return made.positions


def _model(model: Model, vectors: dict[int, Floats], human: HumanMap, seed: int) -> ModelMap:
    """Return a model's map on that of people; empty, with the reason, where it cannot be laid over it."""
    covered = [at for at, clip in enumerate(human.clips) if clip.pk in vectors]
    if len(covered) < FEWEST_CLIPS:
        return ModelMap(model.name, model.encoder, reason=f"has embedded {len(covered)} of these clips")
    matrix = np.stack([vectors[human.clips[at].pk] for at in covered])
    # The distance of unit vectors is the root of twice their cosine distance, and unlike that one a space has it.
    scaled = classical_scaling(np.sqrt(np.clip(2 - 2 * matrix @ matrix.T, 0.0, None)), dimension=DIMENSION)
    try:
        laid = aligned(human.positions[covered], scaled.positions, seed=seed)
    except ValueError as error:
        return ModelMap(model.name, model.encoder, reason=str(error))
    return ModelMap(model.name, model.encoder, tuple(covered), laid.positions, laid.disparity, laid.p, scaled.share)
