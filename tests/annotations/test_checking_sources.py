"""Checking a study file with real sounds before it is loaded, and a loaded study; nothing is stored."""

from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from django.core.management import CommandError, call_command

from annotations.checking.facts import StudyFacts
from annotations.checking.from_database import facts_of_version
from annotations.checking.from_file import facts_of_file
from annotations.models import Study, StudyVersion, Trial
from annotations.services.planning import load_study
from corpus.models import AudioFile, Corpus, Stimulus
from corpus.storage import in_media, served_path
from tests.annotations.study_folder import EXAMPLE, RATE, SMALL, StudyFolder, tone

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

LINKED = SMALL + "allocation: {ratings_per_trial: 3, trials_per_participant: 4}\nrecruitment: {platform: link}\n"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> StudyFolder:
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "study").mkdir()
    made = StudyFolder(tmp_path / "study")
    made.sounds(per_token=4, contexts=4)
    return made


def silent(done: int, of: int) -> None:
    """Progress that nobody looks at."""


def run(*args: str) -> tuple[str, str]:
    """Return what the command prints, and its error, if any."""
    out = StringIO()
    try:
        call_command("check_study", *args, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_a_file_can_be_checked_without_being_loaded(folder: StudyFolder) -> None:
    said, error = run(str(folder.write(LINKED)), "--pay-per-hour", "12")
    assert error == ""
    assert said.splitlines()[0].startswith("study.yaml: 4 trials; 0 faults, 0 warnings, ")
    assert "note     cost: " in said
    assert not any(model.objects.exists() for model in (Study, Corpus, AudioFile, Stimulus))
    assert not (folder.folder.parent / "media").exists()


def test_file_and_database_say_the_same(folder: StudyFolder) -> None:
    path = folder.write(LINKED)
    before, found = facts_of_file(path, silent)
    version = load_study(path=path).version
    after, found_after = facts_of_version(version)
    assert (found, found_after) == ([], [])
    assert before == after
    # Once loaded, the sounds need not be made again.
    assert facts_of_file(path, silent) == (before, [])
    assert run(str(path))[0].splitlines()[1:] == run("small")[0].splitlines()[1:]


def test_every_fault_of_the_study_file_is_told(folder: StudyFolder) -> None:
    damaged = EXAMPLE.replace("kind: pair", "kind: pear").replace("trials_per_participant", "trials_participant")
    said, error = run(str(folder.write(damaged)))
    assert error == "2 faults: mend before going live."
    known, unknown = said.splitlines()[1:]
    assert known.startswith("fault    study.yaml:16 (tasks.contextual.questions[1].kind): there is no kind of question")
    assert unknown == (
        "fault    study.yaml:21 (allocation.trials_participant): this key is not known. "
        "Did you mean trials_per_participant?"
    )


def test_a_missing_and_a_silent_sound_are_faults_and_the_rest_is_checked_all_the_same(folder: StudyFolder) -> None:
    (folder.folder / "mhm-1.wav").unlink()
    soundfile.write(folder.folder / "yeah-2.wav", np.zeros(RATE // 2), RATE)
    said, error = run(str(folder.write(LINKED)))
    assert error == "2 faults: mend before going live."
    assert "fault    stimuli.csv:3 (path): mhm-1.wav: " in said
    assert "fault    stimuli.csv:8 (path): yeah-2.wav: " in said
    assert "note     duration: " in said


def test_a_quiet_sound_whose_peaks_forbid_more_is_an_outlier(folder: StudyFolder) -> None:
    click = np.zeros(RATE // 2)
    click[RATE // 4] = 0.99
    click += 0.0003 * np.sin(np.arange(len(click)))
    soundfile.write(folder.folder / "mhm-0.wav", click, RATE, subtype="FLOAT")
    said, _ = run(str(folder.write(LINKED.replace("n: 4", "n: 8"))))
    assert "warning  loudness: 1 sound of " in said
    assert "mhm-0 (-" in said


def test_one_sound_under_two_names_in_a_trial_is_a_fault(folder: StudyFolder) -> None:
    tone(folder.folder / "mhm-1.wav", 200)  # that of mhm-0
    folder.file("trials.csv", "trial,task,clips\nt1,prosodic,mhm-0 mhm-1 mhm-2\n")
    trials = LINKED.replace("design: [{task: prosodic, make: triads, within: token, n: 4}]", "trials: trials.csv")
    said, error = run(str(folder.write(trials)))
    assert "fault    trials: 1 trial with the same sound twice: t1 (mhm-0 = mhm-1)." in said
    assert error == "1 fault: mend before going live."


def test_faults_of_trials_and_designs_are_told(folder: StudyFolder) -> None:
    said, error = run(str(folder.write(LINKED.replace("within: token", "within: colour"))))
    assert "fault    study.yaml:8 (design[0].within): no backchannel has anything in the column 'colour'." in said
    assert error == "1 fault: mend before going live."


def test_what_loading_would_refuse_of_an_imported_corpus_is_told(folder: StudyFolder) -> None:
    path = folder.write(LINKED)
    load_study(path=path)
    tone(folder.folder / "mhm-1.wav", 900)
    said, _ = run(str(path))
    assert "fault    stimuli.csv:3 (path): 'mhm-1' was imported with another sound." in said


def test_a_corpus_that_is_imported_can_be_named(folder: StudyFolder) -> None:
    load_study(path=folder.write(LINKED))
    again = LINKED.replace("stimuli: stimuli.csv", "corpus: small").replace("slug: small", "slug: again")
    said, error = run(str(folder.write(again)))
    assert (said.splitlines()[0].partition(";")[0], error) == ("study.yaml: 4 trials", "")
    said, error = run(str(folder.write(again.replace("corpus: small", "corpus: none"))))
    assert "fault    study.yaml:4 (corpus): there is no corpus 'none'." in said


def test_a_loaded_study_whose_media_were_lost(folder: StudyFolder) -> None:
    version = load_study(path=folder.write(LINKED)).version
    clip = Stimulus.objects.filter(key=Trial.objects.earliest("position").clips.all()[0].stimulus.key).get()
    in_media(served_path(clip.served.sha256)).unlink()
    said, error = run("small")
    assert said.startswith(f"{version}: 4 trials; 1 fault")
    assert f"fault    sounds: 1 sound not in the media folder: {clip.key}." in said
    assert error == "1 fault: mend before going live."


def test_the_newest_version_is_the_one_that_goes_live(folder: StudyFolder) -> None:
    first = load_study(path=folder.write(LINKED)).version
    StudyVersion.objects.filter(pk=first.pk).update(frozen_at=first.created_at)
    load_study(path=folder.write(LINKED.replace("n: 4", "n: 6")))
    assert run("small")[0].startswith("small v2: 6 trials")


def test_the_example_of_the_formats_can_go_live(folder: StudyFolder) -> None:
    facts, found = facts_of_file(folder.write(EXAMPLE), silent)
    assert isinstance(facts, StudyFacts)
    assert found == []
    assert len(facts.checks("attention")) == 2
    said, error = run(str(folder.path))
    assert said.splitlines()[0].startswith(f"study.yaml: {len(facts.trials)} trials; 0 faults, 0 warnings, ")
    assert error == ""


def test_checks_that_cannot_be_made_are_faults(folder: StudyFolder) -> None:
    rated = "{name: lively, kind: rating, scale: [1, 5], text: How lively?}"
    asked = LINKED.replace("{name: odd, kind: odd_one_out, text: Which one is different?}", rated)
    said, error = run(str(folder.write(asked + "checks: {attention: 2}\n")))
    assert "2 attention trials are missing" in said
    assert error == "1 fault: mend before going live."


def test_unknown_studies_and_files_are_said_plainly(folder: StudyFolder) -> None:
    assert run("nowhere")[1].startswith("There is no study 'nowhere' with a version.")
    said, error = run(str(folder.folder / "absent.yaml"))
    assert "the file cannot be read (No such file or directory)" in said
    assert error == "1 fault: mend before going live."
