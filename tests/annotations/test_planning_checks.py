"""Checks and blocks in the plan: made where the study file asks for them, refused where they cannot be."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from annotations.enums import Check
from annotations.models import StudyVersion, Trial
from annotations.services.planning import load_study
from corpus.errors import ImportFaultsError
from tests.annotations.study_folder import EXAMPLE, SMALL, StudyFolder

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

LISTED = SMALL[: SMALL.index("design")] + "trials: trials.csv\n"
HEADER = "trial,task,clips,block,check,answers,of\n"
RATED = """
tasks:
  rated:
    questions: [{name: like, kind: rating, scale: [1, 5], text: How well?}]
design: [{task: rated, make: triads, n: 4}]
"""


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> StudyFolder:
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = StudyFolder(tmp_path)
    folder.sounds()
    return folder


def load(folder: StudyFolder, text: str, *rows: str) -> StudyVersion:
    if rows:
        folder.file("trials.csv", HEADER + "\n".join(rows) + "\n")
    return load_study(path=folder.write(text)).version


def faults(folder: StudyFolder, text: str, *rows: str) -> str:
    with pytest.raises(ImportFaultsError) as caught:
        load(folder, text, *rows)
    return str(caught.value).replace(f"{folder.folder}/", "")


def clips(trial: Trial) -> list[str]:
    return [clip.stimulus.key for clip in trial.clips.select_related("stimulus")]


def words(trial: Trial) -> list[str]:
    return [clip.stimulus.token for clip in trial.clips.select_related("stimulus")]


def test_checks_are_made_and_plan_no_ratings(folder: StudyFolder) -> None:
    version = load(folder, EXAMPLE)
    counts = Counter(version.trials.values_list("check_kind", "task__name"))
    assert counts == {
        ("", "prosodic"): 6,
        ("", "contextual"): 2,
        ("practice", "prosodic"): 1,
        ("practice", "contextual"): 1,
        ("attention", "prosodic"): 1,
        ("attention", "contextual"): 1,
        ("repeat", "prosodic"): 6,
        ("repeat", "contextual"): 2,
    }
    planned = dict(version.trials.order_by().values_list("check_kind", "planned"))
    assert planned == {"": 5, "practice": 0, "attention": 0, "repeat": 0}


def test_made_attention_trials_hold_one_clip_twice_and_a_known_odd_one(folder: StudyFolder) -> None:
    version = load(folder, SMALL + "checks: {attention: 6}\n")
    made = version.trials.filter(check_kind=Check.ATTENTION)
    odd = [(trial.answers or {})["odd"] for trial in made]
    assert sorted(odd) == [0, 0, 1, 1, 2, 2]
    for trial, slot in zip(made, odd, strict=True):
        others = [clip for at, clip in enumerate(clips(trial)) if at != slot]
        assert others[0] == others[1] != clips(trial)[slot]
        assert len(set(words(trial))) == 2, "the odd one is another word"


def test_in_a_context_the_pair_is_asked_for_and_the_context_stays(folder: StudyFolder) -> None:
    version = load(folder, EXAMPLE)
    trial = version.trials.get(check_kind=Check.ATTENTION, task__name="contextual")
    assert set(trial.answers or {}) == {"similar"}
    assert trial.context is not None
    assert trial.true_slot is None


def test_repeats_mirror_their_trials(folder: StudyFolder) -> None:
    version = load(folder, SMALL + "checks: {repeats: 1, repeat_after: 2}\n")
    for trial in version.trials.filter(check_kind=""):
        repeat = version.trials.get(check_kind=Check.REPEAT, attributes__of=trial.key)
        assert (clips(repeat), repeat.task, repeat.stratum) == (clips(trial), trial.task, trial.stratum)


def test_listed_checks_are_used_and_only_what_is_missing_is_made(folder: StudyFolder) -> None:
    rows = [
        "one,prosodic,mhm-0 mhm-1 mhm-2,,,,",
        "two,prosodic,mhm-1 mhm-2 mhm-3,,,,",
        "three,prosodic,mhm-0 mhm-2 mhm-3,,,,",
        'listen,prosodic,mhm-0 mhm-0 yeah-1,,attention,"{""odd"": 2}",',
        "again,prosodic,mhm-1 mhm-2 mhm-0,,repeat,,",
    ]
    version = load(folder, LISTED + "checks: {attention: 2, repeats: 1, repeat_after: 1}\n", *rows)
    listed = version.trials.exclude(check_kind="").values_list("key", "attributes")
    assert dict(listed) == {
        "listen": {},
        "again": {"of": "one"},
        "attention-01": {},
        "two~repeat": {"of": "two"},
        "three~repeat": {"of": "three"},
    }


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("again,prosodic,mhm-1 mhm-2 mhm-3,,repeat,,", "trials.csv:3 (clips): no other trial has the same clips"),
        ("again,prosodic,mhm-0 mhm-1 mhm-2,,repeat,,two", "trials.csv:3 (of): two is no trial of the same clips"),
    ],
)
def test_a_repeat_of_nothing_is_a_fault(folder: StudyFolder, row: str, fault: str) -> None:
    assert fault in faults(folder, LISTED, "one,prosodic,mhm-0 mhm-1 mhm-2,,,,", row)


def test_where_no_answer_is_known_attention_trials_must_be_listed(folder: StudyFolder) -> None:
    text = SMALL[: SMALL.index("tasks")] + RATED + "checks: {attention: 2}\npractice: 1\n"
    told = faults(folder, text)
    assert "(checks.attention): 2 attention trials are missing, and no task asks for an odd one or a pair" in told
    version = load(folder, text.replace("checks: {attention: 2}", ""))
    practice = version.trials.get(check_kind=Check.PRACTICE)
    assert practice.answers is None
    assert len(set(clips(practice))) == 3


def test_checks_that_find_no_place_are_a_fault(folder: StudyFolder) -> None:
    told = faults(folder, SMALL + "checks: {repeats: 3, repeat_after: 5}\n")
    assert "(checks): 3 checks find no place among 4 trials, repeats 5 pages later" in told


def test_blocks_are_made_where_none_is_named(folder: StudyFolder) -> None:
    text = SMALL.replace("n: 4", "n: 10") + "allocation: {design: blocks, trials_per_participant: 4}\n"
    loaded = load_study(path=folder.write(text))
    sizes = Counter(loaded.version.trials.values_list("block", flat=True))
    assert sizes == {"block-01": 4, "block-02": 3, "block-03": 3}
    assert "the 3 blocks have 3 to 4 trials" in loaded.notes
    for block in sizes:
        strata = Counter(loaded.version.trials.filter(block=block).values_list("stratum", flat=True))
        assert max(strata.values()) <= 2


def test_blocks_are_named_for_all_trials_or_for_none(folder: StudyFolder) -> None:
    text = LISTED + "allocation: {design: blocks}\n"
    rows = ["one,prosodic,mhm-0 mhm-1 mhm-2,a,,,", "two,prosodic,mhm-1 mhm-2 mhm-3,,,,"]
    assert "1 trials are in no block, and others are: two" in faults(folder, text, *rows)
    version = load(folder, text, rows[0], rows[1].replace("mhm-3,,", "mhm-3,b,"))
    assert list(version.trials.values_list("block", flat=True)) == ["a", "b"]


def test_made_checks_and_blocks_are_part_of_the_digest_and_the_same_each_time(folder: StudyFolder) -> None:
    text = EXAMPLE.replace("design: least_filled", "design: blocks").replace("participant: 21", "participant: 8")
    version = load(folder, text)
    again = load_study(path=folder.path)
    assert (again.version, again.created) == (version, False)
