"""trials.csv and stimuli.csv, as `load_study` and `import_stimuli` read them, and participants.csv."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from statistics import median

from analysis.export.cells import Cell
from analysis.export.table import Table
from analysis.queries.answers import Answers
from analysis.queries.plan import Plan
from analysis.queries.screening import Screened
from analysis.queries.stimuli import Sound

TRIALS = {
    "trial": "unique in the study",
    "task": "a task of the study",
    "context": "stimulus, or empty",
    "clips": "stimulus ids in slot order, separated by spaces",
    "true_clip": "the clip really said, where known",
    "stratum": "for reports: the word, same or different speaker, …",
    "block": "fixed set, or empty",
    "check": "empty, practice, attention or repeat; these trials enter no figure",
    "answers": "JSON key of a check",
}

STIMULI = {
    "stimulus": "unique id; its row number from 0 is its index in the triplet files",
    "path": "audio file, as the importing CSV gave it",
    "role": "backchannel or context",
    "token": "written form",
    "speaker": "who says it",
    "dialogue": "where it comes from",
    "channel": "channel of the file, from 1; empty: all",
    "start": "seconds in the dialogue",
    "end": "seconds in the dialogue",
    "transcript": "of a context",
}

PARTICIPANTS = {
    "participant": "random public key",
    "population": "people or simulated",
    "kind": "person, imported or simulated",
    "stage": "how far the participant came",
    "language": "of the pages",
    "arrived_at": "ISO 8601, UTC",
    "consented_at": "ISO 8601, UTC; empty where not known",
    "consent_version": "SHA-256 of the text consented to",
    "finished_at": "ISO 8601, UTC; empty where not finished",
    "volume_seconds": "how long the reference noise was heard; empty where the volume was not set",
    "headphones_passed": "1 or 0: the last try at the headphone screening; empty where there was none",
    "headphones_score": "right answers of that try",
    "headphones_of": "its trials",
    "headphones_attempts": "tries, that one included",
    "trials_answered": "pages answered, checks included",
    "median_rt_ms": "median over the answered pages",
    "included": "1, or 0 where excluded",
    "exclusion": "why excluded",
    "origin": "JSON: how a simulated or imported participant was made",
}


def trials_table(plan: Plan) -> Table:
    """Return every trial in the order of the plan."""
    rows: list[list[Cell]] = [
        [
            trial.key,
            trial.task,
            trial.context,
            " ".join(trial.clips),
            None if trial.true_slot is None else trial.clips[trial.true_slot],
            trial.stratum,
            trial.block,
            trial.check,
            None if trial.answers is None else _json(trial.answers),
        ]
        for trial in plan.trials
    ]
    return Table("trials.csv", TRIALS, rows)


def stimuli_table(sounds: list[Sound]) -> Table:
    """Return every stimulus of the corpus by id, with the further columns that it was imported with."""
    further = sorted({name for sound in sounds for name in sound.attributes} - set(STIMULI))
    columns = STIMULI | dict.fromkeys(further, "further column of the imported stimuli.csv")
    rows: list[list[Cell]] = [
        [*sound.described, *(_as_came(sound.attributes.get(name)) for name in further)] for sound in sounds
    ]
    return Table("stimuli.csv", columns, rows)


def participants_table(answers: Answers, screened: Mapping[int, Screened]) -> Table:
    """Return everyone of the population who came, also those without an answer; `screened`: by primary key."""
    pages: dict[int, dict[int, float | None]] = defaultdict(dict)
    for row in answers.rows:
        pages[row.participant][row.trial] = row.rt_ms
    rows: list[list[Cell]] = []
    for one in answers.participants:
        times = [rt for rt in pages[one.pk].values() if rt is not None]
        who: list[Cell] = [one.key, answers.population.value, one.kind, one.stage, one.language]
        when: list[Cell] = [one.arrived_at, one.consented_at, one.consent_version, one.finished_at]
        did: list[Cell] = [len(pages[one.pk]), median(times) if times else None]
        set_up = _set_up(screened.get(one.pk, Screened()))
        rows.append(
            [*who, *when, *set_up, *did, not one.excluded, one.exclusion, _json(one.origin) if one.origin else ""]
        )
    return Table("participants.csv", PARTICIPANTS, rows)


def stages(answers: Answers) -> Counter[str]:
    """Return how many participants are at each stage."""
    return Counter(one.stage for one in answers.participants)


def _set_up(one: Screened) -> list[Cell]:
    return [one.volume_s, one.passed, one.score, one.out_of, one.attempts]


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _as_came(value: object) -> Cell:
    """Return an attribute as the CSV gave it."""
    return value if isinstance(value, str | int | float) or value is None else _json(value)
