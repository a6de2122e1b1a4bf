"""Attention trials whose page says what to answer: made from the study file, listed in trials.csv, shown, marked."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from annotations.enums import AssignmentState, Check
from annotations.models import Trial
from annotations.services.planning import load_study
from corpus.errors import ImportFaultsError
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import add_check, answer, at_trial
from tests.annotations.study_folder import EXAMPLE, StudyFolder

pytestmark = pytest.mark.django_db

TEXT = "text: {en: Choose 3 everywhere., sv: Välj 3 överallt.}"
ONE = f"{{task: contextual, {TEXT}, answers: {{suitability: 3, energy: 4}}}}"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> StudyFolder:
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = StudyFolder(tmp_path)
    folder.sounds()
    return folder


def asking(instructed: str, *, attention: int = 2) -> str:
    checks = f"checks: {{attention: {attention}, instructed: [{instructed}]}}"
    return EXAMPLE.replace("checks: {attention: 2, repeats: 2}", checks)


def faults(folder: StudyFolder, instructed: str) -> str:
    with pytest.raises(ImportFaultsError) as caught:
        load_study(path=folder.write(asking(instructed)))
    return str(caught.value)


def test_instructed_trials_are_made_first_and_the_others_hold_a_clip_twice(folder: StudyFolder) -> None:
    version = load_study(path=folder.write(asking(ONE))).version
    told, double = version.trials.filter(check_kind=Check.ATTENTION).order_by("position")
    assert told.answers == {"suitability": [3, 3, 3], "energy": [4, 4, 4]}
    assert told.attributes == {"instruction_en": "Choose 3 everywhere.", "instruction_sv": "Välj 3 överallt."}
    assert told.context is not None
    assert len({clip.stimulus_id for clip in told.clips.all()}) == 3
    assert double.attributes == {}
    assert len({clip.stimulus_id for clip in double.clips.all()}) == 2
    assert told.planned == 0


def test_loading_it_again_changes_nothing(folder: StudyFolder) -> None:
    assert load_study(path=folder.write(asking(ONE))).created
    assert not load_study(path=folder.path).created


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("contextual", "contextuel", "instructed[0].task): there is no task 'contextuel'. Did you mean contextual?"),
        ("energy: 4", "energi: 4", "answers.energi): task contextual asks no 'energi'. Did you mean energy?"),
        ("energy: 4", "energy: 9", "answers.energy): this is no answer to it: 9 is not on the scale from 1 to 5"),
        ("energy: 4", "energy: [4, 4]", "answers.energy): this is no answer to it: "),
        ("energy: 4", "similar: 2", "answers.similar): no text can say which clip: they stand in another order"),
        (", sv: Välj 3 överallt.", "", "instructed[0].text): the text is missing in sv"),
        ("{suitability: 3, energy: 4}", "{}", "instructed[0].answers): {} is empty. Give at least 1"),
        ("task: contextual, ", "", "instructed[0].task): it is missing"),
    ],
)
def test_what_nobody_could_follow_is_refused(folder: StudyFolder, old: str, new: str, said: str) -> None:
    assert said in faults(folder, ONE.replace(old, new))


def test_a_file_of_trials_may_list_them(folder: StudyFolder) -> None:
    text = EXAMPLE[: EXAMPLE.index("design:")] + "trials: trials.csv\n" + EXAMPLE[EXAMPLE.index("tasks:") :]
    header = "trial,task,context,clips,check,answers,instruction,instruction_sv\n"
    rows = [f"t{at},contextual,context-0,mhm-0 yeah-{at % 4} right-{at // 4},,,," for at in range(8)]
    key = '"{""energy"": [3, 3, 3]}"'
    rows += [f"a{at},contextual,context-1,mhm-0 yeah-0 right-0,attention,{key},All 3.,Bara 3." for at in range(2)]
    folder.file("trials.csv", header + "\n".join(rows) + "\n")
    version = load_study(path=folder.write(text)).version
    assert version.trials.get(key="a1").attributes == {"instruction": "All 3.", "instruction_sv": "Bara 3."}


class TestThePage:
    """The text stands between the sounds and the questions, in the reader's language, and on that page alone."""

    @pytest.fixture
    def instructed(self, make_study: MakeStudy) -> Trial:
        version = make_study()
        version.definition["checks"] = {"attention": 1, "repeats": 0}
        version.save()
        add_check(version, Check.ATTENTION, "told")
        trial = version.trials.get(key="told")
        trial.attributes = {"instruction_en": "Choose <3>.", "instruction_sv": "Välj <3>."}
        trial.save()
        return trial

    def test_it_is_shown_there_and_nowhere_else(self, client: Client, instructed: Trial) -> None:
        person = at_trial(client, instructed.version)
        shown = {}
        while (page := client.get("/s/short/trial/")).status_code == 200:
            held = person.assignments.get(state=AssignmentState.RESERVED)
            shown[held.trial.key] = page.content.decode()
            answer(person, held)
        assert len(shown) == 7
        assert [key for key, text in shown.items() if 'class="instruction"' in text] == ["told"]
        told = shown["told"]
        sounds, text, question = (told.index(part) for part in ('id="clips-heading"', "Choose &lt;3&gt;.", "<fieldset"))
        assert sounds < text < question
