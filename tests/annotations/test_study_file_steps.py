"""Forms, questions about the task, examples and practice in a study file: read whole, or every fault at its place."""

import re
from pathlib import Path

import pytest

from annotations.design.clips import Clip
from annotations.enums import Check
from annotations.queries.stimuli import clips_of_rows
from annotations.study_file.all_trials import all_trials
from annotations.study_file.plan import TrialPlan
from annotations.study_file.schema import StudyDefinition
from corpus.errors import ImportFaultsError
from corpus.importers.stimuli import read_stimuli
from tests.annotations.study_folder import SMALL, StudyFolder
from tests.running_site import ROOT

FORMS = """\
before:
  - {name: headphones, kind: choice, text: Do you wear headphones?, options: {yes: Yes, no: No, no_idea: I cannot say}}
  - {name: age, kind: number, text: How old are you?, required: false}
after:
  - {name: comments, kind: text, text: Anything to tell us?, required: false}
comprehension:
  tries: 3
  on_fail: warn
  questions: [{name: what, text: What do you listen to?, options: {words: Words, sounds: Short sounds}, right: sounds}]
examples: 1
practice: 2
feedback: false
remind_after_minutes: 0
"""
RATED = SMALL.replace("kind: odd_one_out", "kind: rating, scale: [1, 5]")


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    return StudyFolder(tmp_path)


def test_everything_is_read(folder: StudyFolder) -> None:
    definition = folder.read(SMALL + FORMS).definition
    headphones, age = definition.before
    assert [(option.name, option.text) for option in headphones.options] == [
        ("yes", {"en": "Yes"}),
        ("no", {"en": "No"}),
        ("no_idea", {"en": "I cannot say"}),
    ]
    assert (headphones.kind, headphones.required) == ("choice", True)
    assert (age.kind, age.text, age.options, age.required) == ("number", {"en": "How old are you?"}, [], False)
    assert [one.name for one in definition.after] == ["comments"]
    comprehension = definition.comprehension
    assert comprehension is not None
    assert (comprehension.tries, comprehension.on_fail) == (3, "warn")
    assert comprehension.questions[0].right == "sounds"
    assert (definition.examples, definition.practice, definition.feedback) == (1, 2, False)
    assert definition.remind_after_minutes == 0
    assert StudyDefinition.model_validate(definition.model_dump(mode="json")) == definition


def test_the_example_of_the_documentation_can_be_read(folder: StudyFolder) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "formats.md").read_text(encoding="utf-8"), re.DOTALL)
    (text,) = [block for block in blocks if "comprehension:" in block]
    definition = folder.read(SMALL.replace("title: Short responses", "title: {en: Short, sv: Kort}") + text).definition
    assert [len(definition.before), len(definition.after), definition.practice] == [2, 1, 2]


def test_without_a_word_of_them_there_are_none(folder: StudyFolder) -> None:
    definition = folder.read(SMALL).definition
    assert (definition.before, definition.after, definition.comprehension) == ([], [], None)
    assert (definition.examples, definition.feedback, definition.remind_after_minutes) == (0, True, 60)


def test_texts_are_there_in_every_language(folder: StudyFolder) -> None:
    text = SMALL.replace("title: Short responses", "title: {en: Short responses, sv: Korta svar}")
    line = "before: [{name: a, kind: choice, text: {en: A}, options: {yes: {en: Yes, sv: Ja}, no: {en: No}}}]\n"
    found = folder.faults(text + line)
    assert [each.split(" (")[1].split(":")[0] for each in found] == ["before[0].text)", "before[0].options.no)"]
    assert all("the text is missing in sv" in each for each in found)


BAD = [
    ("kind: number", "kind: age", "(before[1].kind): 'age' is not known here. Write 'choice', 'number' or 'text'"),
    ("name: age, ", "", "(before[1].name): it is missing. Add `name: …`"),
    ("name: age", "name: headphones", "(before[1].name): two questions are called 'headphones'. Rename one of them"),
    ("name: age", "nme: age", "(before[1].nme): this key is not known. Did you mean name?"),
    ("required: false}\nafter", "required: no}\nafter", "(before[1].required): true or false is wanted, not 'no'"),
    ("no: No, ", "true: No, ", "(before[0].options): the key True is no text. Put it in quotes"),
    ("{yes: Yes, no: No, no_idea: I cannot say}", "[yes, no]", "(before[0].options): keys with values are wanted"),
    ("{yes: Yes, no: No, no_idea: I cannot say}", "{yes: Yes}", "(before[0].options): a choice needs two options"),
    (", options: {yes: Yes, no: No, no_idea: I cannot say}", "", "(before[0].options): a choice needs two options"),
    ("no_idea: ", "no idea: ", "(before[0].options.no idea): 'no idea' has characters that are not allowed here"),
    ("kind: number", "kind: number, options: {a: A}", "(before[1].options): a question of kind number has no options"),
    ("right: sounds", "right: sound", "(comprehension.questions[0].right): 'sound' is none of the options. Did you"),
    (", right: sounds", "", "(comprehension.questions[0].right): it is missing"),
    (
        "right: sounds",
        "rigth: sounds",
        "(comprehension.questions[0].rigth): this key is not known. Did you mean right?",
    ),
    ("{words: Words, sounds: Short sounds}", "{sounds: A}", "(comprehension.questions[0].options): a choice needs two"),
    ("tries: 3", "tries: 0", "(comprehension.tries): 0 is too small. Give 1 or more"),
    ("tries: 3", "tires: 3", "(comprehension.tires): this key is not known. Did you mean tries?"),
    (
        "on_fail: warn",
        "on_fail: stop",
        "(comprehension.on_fail): 'stop' is not known here. Write 'warn' or 'screen_out'",
    ),
    ("examples: 1", "examples: one", "(examples): a whole number is wanted, not 'one'"),
    ("feedback: false", "feedback: no", "(feedback): true or false is wanted, not 'no'. Write one of the two"),
    ("remind_after_minutes: 0", "remind_after_minutes: -1", "(remind_after_minutes): -1 is too small"),
]


@pytest.mark.parametrize(("old", "new", "fault"), BAD)
def test_each_fault_is_told(folder: StudyFolder, old: str, new: str, fault: str) -> None:
    assert old in FORMS
    found = folder.faults(SMALL + FORMS.replace(old, new, 1))
    assert [each for each in found if fault in each], found


def test_no_questions_are_no_comprehension(folder: StudyFolder) -> None:
    (found,) = folder.faults(f"{SMALL}comprehension: {{questions: []}}\n")
    assert "(comprehension.questions): [] is empty. Give at least 1" in found


def planned(folder: StudyFolder, text: str) -> list[TrialPlan]:
    folder.sounds()
    stimuli: list[Clip] = clips_of_rows(read_stimuli(folder.folder / "stimuli.csv").rows)
    return all_trials(folder.read(text), stimuli)


def test_missing_examples_and_practice_are_made(folder: StudyFolder) -> None:
    plans = planned(folder, f"{SMALL}examples: 2\npractice: 1\n")
    practice = [plan for plan in plans if plan.check == Check.PRACTICE]
    assert len(practice) == 3
    assert all(plan.answers for plan in practice)


TRIALS = """\
trial,task,clips,check,answers,explanation_en
p1,prosodic,mhm-0 mhm-1 mhm-2,practice,,
p2,prosodic,mhm-0 mhm-1 yeah-2,practice,"{""odd"": 2}",The third is another word.
t1,prosodic,mhm-0 mhm-1 mhm-3,,,
"""


@pytest.mark.parametrize(("examples", "practice", "made"), [(1, 1, 0), (1, 2, 1), (2, 1, 1), (0, 2, 0), (2, 3, 3)])
def test_listed_trials_serve_first(folder: StudyFolder, examples: int, practice: int, made: int) -> None:
    """Of the two that are listed, one has answers: only that one can be an example."""
    folder.file("trials.csv", TRIALS)
    text = SMALL.replace("design: [{task: prosodic, make: triads, within: token, n: 4}]", "trials: trials.csv")
    plans = planned(folder, f"{text}examples: {examples}\npractice: {practice}\n")
    assert len([plan for plan in plans if plan.check == Check.PRACTICE]) == 2 + made
    listed = next(plan for plan in plans if plan.key == "p2")
    assert listed.attributes == {"explanation_en": "The third is another word."}


def test_examples_that_cannot_be_made_are_missed(folder: StudyFolder) -> None:
    folder.sounds()
    with pytest.raises(ImportFaultsError) as raised:
        planned(folder, f"{RATED}examples: 2\n")
    (fault,) = raised.value.faults
    assert "(examples): 2 worked examples are missing" in str(fault)
    assert "List practice trials in trials.csv, with their answers" in str(fault)
