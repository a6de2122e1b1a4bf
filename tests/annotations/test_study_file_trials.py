"""`trials.csv`: read whole, or every fault with its line and column."""

from pathlib import Path

import pytest

from annotations.design.clips import Clip
from annotations.study_file.plan import TrialPlan, repeated_trials
from annotations.study_file.schema import StudyDefinition
from annotations.study_file.trials import read_trials
from corpus.errors import ImportFaultsError
from tests.annotations.study_folder import EXAMPLE, StudyFolder

HEADER = "trial,task,context,clips,true_clip,stratum,block,check,answers,difficulty"
STIMULI = [
    *(Clip(f"b{at}", {"role": "backchannel", "token": "mhm"}) for at in range(6)),
    Clip("x0", {"role": "context", "transcript": "well"}),
    Clip("x1", {"role": "context"}),
]
GOOD = [
    "t1,prosodic,,b0 b1 b2,,mhm,,,,hard",
    "t2,contextual,x0,b3 b0 b4,b0,,first,,,",
    't3,prosodic,,b0 b0 b5,,,,attention,"{""odd"": 2}",',
    't4,contextual,x0,b1 b2 b3,,,,practice,"{""suitability"": [1, 5, 3], ""similar"": 0}",',
    "t5,prosodic,,b2 b1 b0,,,,repeat,,",
]


@pytest.fixture
def definition(tmp_path: Path) -> StudyDefinition:
    return StudyFolder(tmp_path).read(EXAMPLE).definition


def read(folder: Path, definition: StudyDefinition, rows: list[str], header: str = HEADER) -> list[TrialPlan]:
    (folder / "trials.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_trials(folder / "trials.csv", definition, STIMULI)


def faults(folder: Path, definition: StudyDefinition, rows: list[str], header: str = HEADER) -> list[str]:
    with pytest.raises(ImportFaultsError) as caught:
        read(folder, definition, rows, header)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_trials_are_read(tmp_path: Path, definition: StudyDefinition):
    plain, contextual, attention, practice, repeat = read(tmp_path, definition, GOOD)
    assert plain == TrialPlan(
        key="t1", task="prosodic", clips=("b0", "b1", "b2"), stratum="mhm", attributes={"difficulty": "hard"}
    )
    assert (contextual.context, contextual.true_slot, contextual.block) == ("x0", 1, "first")
    assert (attention.check, attention.answers) == ("attention", {"odd": 2})
    assert practice.answers == {"suitability": [1, 5, 3], "similar": 0}
    assert repeat.check == "repeat"


def test_columns_may_be_left_out(tmp_path: Path, definition: StudyDefinition):
    (trial,) = read(tmp_path, definition, ["t1,prosodic,b0 b1 b2"], "trial,task,clips")
    assert trial.context is None
    assert trial.answers is None


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",prosodic,,b0 b1 b2,,,,,,", "trials.csv:2 (trial): the trial has no name"),
        ("t1,prosody,,b0 b1 b2,,,,,,", "(task): the study has no task 'prosody'. Did you mean prosodic?"),
        ("t1,prosodic,,b0 b1,,,,,,", "(clips): there are 2 clips, and question odd needs 3"),
        ("t1,prosodic,,,,,,,,", "(clips): there are no clips"),
        ("t1,prosodic,,b0 b1 b9,,,,,,", "(clips): there is no stimulus 'b9'"),
        ("t1,prosodic,,b0 b1 x0,,,,,,", "(clips): x0 is a context, not a backchannel"),
        ("t1,prosodic,,b0 b1 b1,,,,,,", "(clips): b1 is in it twice"),
        ("t1,contextual,,b0 b1 b2,,,,,,", "(context): task contextual shows a context and there is none"),
        ("t1,contextual,b3,b0 b1 b2,,,,,,", "(context): b3 is a backchannel, not a context"),
        ("t1,contextual,x1,b0 b1 b2,,,,,,", "(context): x1 has no transcript, and task contextual shows it"),
        ("t1,contextual,x9,b0 b1 b2,,,,,,", "(context): there is no stimulus 'x9'"),
        ("t1,contextual,x0,b0 b1 b2,b3,,,,,", "(true_clip): 'b3' is none of the clips"),
        (f"t1,prosodic,,b0 b1 b2,,{'x' * 251},,,,", "(stratum): 251 characters are too many"),
        ("t1,prosodic,,b0 b1 b2,,,,trap,,", "(check): there is no check 'trap'"),
        ("t1,prosodic,,b0 b1 b2,,,,attention,,", "(answers): an attention check needs the right answers"),
        ('t1,prosodic,,b0 b1 b2,,,,,"{""odd"": 2}",', "(answers): only a check has right answers"),
        ("t1,prosodic,,b0 b1 b2,,,,attention,odd=2,", "(answers): this is no JSON of questions and answers"),
        ("t1,prosodic,,b0 b1 b2,,,,attention,[2],", "(answers): this is no JSON of questions and answers"),
        (
            't1,prosodic,,b0 b1 b2,,,,attention,"{""od"": 2}",',
            "(answers): task prosodic asks no 'od'. Did you mean odd?",
        ),
        ('t1,prosodic,,b0 b1 b2,,,,attention,"{""odd"": 3}",', "the answer to odd is wrong: there is no clip 3"),
        ("t1,prosodic,,b0 b1 b2", "the row has 4 cells and the header 10"),
    ],
)
def test_each_fault_is_told(tmp_path: Path, definition: StudyDefinition, row: str, fault: str):
    found = faults(tmp_path, definition, [row])
    assert [each for each in found if each.startswith("trials.csv:2") and fault in each], found


def test_every_fault_of_every_row_is_told_at_once(tmp_path: Path, definition: StudyDefinition):
    rows = [GOOD[0], "t1,prosodi,,b0 b1 b9,,,,,,", "t6,prosodic,,b0 b1,,,,trap,,"]
    assert [fault.split(": ")[0] for fault in faults(tmp_path, definition, rows)] == [
        "trials.csv:3 (task)",
        "trials.csv:3 (clips)",
        "trials.csv:3 (trial)",
        "trials.csv:4 (clips)",
        "trials.csv:4 (check)",
    ]


def test_a_file_without_trials_or_columns(tmp_path: Path, definition: StudyDefinition):
    assert "there are no trials in it" in faults(tmp_path, definition, [])[0]
    assert "(clips): this column is missing" in faults(tmp_path, definition, ["t1,prosodic"], "trial,task")[0]
    with pytest.raises(ImportFaultsError, match="cannot be opened"):
        read_trials(tmp_path / "gone.csv", definition, STIMULI)


def test_trials_with_the_same_content_are_found(tmp_path: Path, definition: StudyDefinition):
    again = "t6,prosodic,,b2 b0 b1,,,,,,"
    assert repeated_trials(read(tmp_path, definition, [*GOOD, again])) == ["t6"]
    assert repeated_trials(read(tmp_path, definition, GOOD)) == []
