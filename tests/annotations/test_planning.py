"""From files to a stored version: all of it or nothing, once, and never under the feet of those who answer."""

from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotations.enums import ParticipantKind
from annotations.models import Participant, Question, Study, StudyVersion, Task, Trial, TrialClip
from annotations.services.planning import Loaded, load_study
from annotations.services.states import set_state
from annotations.signals import version_planned
from annotations.study_file.schema import definition_of
from corpus.errors import ImportFaultsError
from corpus.models import Corpus, Stimulus
from tests.annotations.study_folder import EXAMPLE, SMALL, StudyFolder

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> StudyFolder:
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = StudyFolder(tmp_path)
    folder.sounds()
    return folder


def load(folder: StudyFolder, text: str = SMALL) -> Loaded:
    return load_study(path=folder.write(text))


def join(version: StudyVersion) -> Participant:
    return Participant.objects.create(version=version, seed=1)


def stored() -> list[int]:
    models = (Study, StudyVersion, Task, Question, Trial, TrialClip, Corpus, Stimulus)
    return [model.objects.count() for model in models]


def test_the_example_is_loaded(folder: StudyFolder):
    loaded = load(folder, EXAMPLE)
    version = loaded.version
    assert (str(version), loaded.created) == ("backchannels v1", True)
    assert version.corpus.slug == "backchannels"
    assert version.corpus_digest == version.corpus.digest
    assert version.source == EXAMPLE
    assert set(version.consent) == {"en", "sv"}
    prosodic, contextual = version.tasks.all()
    assert [question.name for question in contextual.questions.all()] == ["suitability", "similar", "energy"]
    assert prosodic.trials.filter(check_kind="").count() == 6
    assert contextual.trials.filter(check_kind="").count() == 2
    trial = contextual.trials.get(context__key="context-1", check_kind="")
    assert trial.planned == 5
    assert trial.key.startswith("contextual-000")
    assert [clip.slot for clip in trial.clips.all()] == [0, 1, 2]
    assert trial.clips.get(slot=trial.true_slot).stimulus.key == "mhm-1"
    triad = prosodic.trials.get(key="prosodic-0001")
    assert {clip.stimulus.token for clip in triad.clips.all()} == {triad.stratum}
    assert triad.attributes["speakers"] in ("two", "different")


# The example of the format as it is first written down: with gaps.
AS_SKETCHED = """\
slug: backchannels
title: {en: How do listeners hear short responses?, sv: …}
consent: consent.md              # per language; version and hash are stored with each participant's consent
stimuli: stimuli.csv
trials: trials.csv               # or a design:
design:
  - {task: prosodic, make: triads, within: token, n: 480, speakers: mixed, seed: 1}
  - {task: contextual, make: contexts, foils: 2, distinct_tokens: true, seed: 1}
tasks:
  prosodic:
    questions: [{name: odd, kind: odd_one_out, text: {en: Which one sounds different from the other two?}}]
  contextual:
    show: [context_audio, transcript]
    questions:
      - {name: suitability, kind: rating, per: clip, scale: [1, 5], ends: {en: [not at all, extremely]}, text: …}
      - {name: similar, kind: pair, text: …}
      - {name: energy, kind: rating, per: clip, scale: [1, 5], text: …}
screening: {headphones: huggins, pass: 5, of: 6, volume: true, on_fail: screen_out}
practice: 2
checks: {attention: 2, repeats: 2}
allocation: {ratings_per_trial: 5, trials_per_participant: 21, design: least_filled, reservation_minutes: 30}
recruitment: {platform: prolific, id_parameter: PROLIFIC_PID, places: 100,
  codes: {completed: …, screened_out: …, failed_attention: …, no_consent: …}}
exclude: [{rule: attention_failed, more_than: 0}, {rule: median_rt_below_ms, value: 1500}, {rule: same_answer_share_above, value: 0.9}]
"""  # noqa: E501
MENDED = (
    ("trials: trials.csv               # or a design:\n", ""),
    ("other two?}", "other two?, sv: Vilken låter annorlunda?}"),
    ("{en: [not at all, extremely]}", "{en: [not at all, extremely], sv: [inte alls, helt]}"),
)


def test_the_sketched_example_says_what_is_missing_and_then_loads(folder: StudyFolder):
    folder.sounds(per_token=12, contexts=4)
    with pytest.raises(ImportFaultsError) as caught:
        load(folder, AS_SKETCHED)
    faults = [str(fault).removeprefix(f"{folder.folder}/study.yaml:") for fault in caught.value.faults]
    ends = "{en: [not at all, extremely], sv: [not at all, extremely]}"
    for fault, start, end in zip(
        faults,
        (
            "5 (trials): there are both `trials` and `design`: the one lists",
            "11 (tasks.prosodic.questions[0].text): the text is missing in sv, and the title says",
            "15 (tasks.contextual.questions[0].ends): the texts of the two ends are missing in sv. Give two texts",
        ),
        ("Take one of the two away", "Write {en: …, sv: …}, or take sv from the title", ends),
        strict=True,
    ):
        assert fault.startswith(start)
        assert fault.endswith(end)
    text = AS_SKETCHED
    for gap, filled in MENDED:
        assert text.count(gap) == 1
        text = text.replace(gap, filled)
    counts = Counter(load(folder, text).version.trials.values_list("check_kind", "task__name"))
    assert (counts["", "prosodic"], counts["", "contextual"]) == (480, 4)


def test_the_definition_is_the_same_from_the_database(folder: StudyFolder):
    version = load(folder, EXAMPLE).version
    read = definition_of(StudyVersion.objects.get(pk=version.pk))
    assert read == folder.read(EXAMPLE).definition
    assert [task.name for task in read.tasks] == ["prosodic", "contextual"]


def test_what_is_good_to_know_is_said(folder: StudyFolder):
    assert load(folder, EXAMPLE).notes == ("each participant gets all 8 trials (trials_per_participant is higher)",)


def test_loading_the_same_twice_changes_nothing(folder: StudyFolder):
    first = load(folder)
    before = stored()
    second = load(folder, SMALL + "# a remark\n")
    assert (second.version, second.created) == (first.version, False)
    assert stored() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: folder.write(SMALL.replace("is different", "differs")),
        lambda folder: folder.write(SMALL.replace("n: 4", "n: 4, seed: 2")),
        lambda folder: folder.file("consent.md", "Another text"),
    ],
    ids=["question", "seed", "consent"],
)
def test_any_change_gives_another_digest(folder: StudyFolder, change: Any):
    digest = load(folder).version.digest
    change(folder)
    loaded = load_study(path=folder.path)
    assert loaded.created
    assert loaded.version.digest != digest


def test_other_stimuli_give_another_version(folder: StudyFolder):
    rows = folder.sounds()
    folder.stimuli(rows[:-1])
    digest = load(folder).version.digest
    folder.stimuli(rows)
    assert load(folder).version.digest != digest


def test_a_draft_without_participants_is_replaced(folder: StudyFolder):
    load(folder)
    loaded = load(folder, SMALL.replace("n: 4", "n: 5"))
    assert (loaded.version.number, loaded.created) == (1, True)
    assert StudyVersion.objects.count() == 1
    assert Trial.objects.count() == 5


def test_a_version_that_someone_takes_part_in_stays(folder: StudyFolder):
    first = load(folder).version
    join(first)
    second = load(folder, SMALL.replace("n: 4", "n: 5")).version
    assert (second.number, first.trials.count(), second.trials.count()) == (2, 4, 5)


def test_a_version_that_went_live_stays_and_newcomers_wait_for_the_next(folder: StudyFolder):
    first = load(folder).version
    study = set_state(study_slug="small", state="live")
    loaded = load(folder, SMALL.replace("n: 4", "n: 5"))
    assert loaded.version.number == 2
    assert "newcomers get version 2 after: set_study_state small live" in loaded.notes
    assert study.version_to_join() == first
    set_state(study_slug="small", state="live")
    assert study.version_to_join() == loaded.version


def test_going_back_to_an_earlier_text_is_a_new_version(folder: StudyFolder):
    first = load(folder).version
    set_state(study_slug="small", state="live")
    join(load(folder, SMALL.replace("n: 4", "n: 5")).version)
    third = load(folder).version
    assert (third.number, third.digest) == (3, first.digest)


def test_others_are_told_after_the_commit(folder: StudyFolder, django_capture_on_commit_callbacks: Any):
    heard: list[int] = []

    def listen(version_pk: int, **_: object) -> None:
        heard.append(version_pk)

    version_planned.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            version = load(folder).version
            assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            load(folder)
    finally:
        version_planned.disconnect(listen)
    assert heard == [version.pk]


def test_trials_from_a_file(folder: StudyFolder):
    folder.file(
        "trials.csv",
        "trial,task,clips,stratum,check,answers,level\n"
        "one,prosodic,mhm-0 mhm-1 mhm-2,mhm,,,easy\n"
        "two,prosodic,mhm-2 mhm-1 mhm-0,,,,\n"
        'check,prosodic,mhm-0 mhm-0 mhm-1,,attention,"{""odd"": 2}",\n',
    )
    loaded = load(folder, SMALL[: SMALL.index("design")] + "trials: trials.csv\n")
    one, two, check = loaded.version.trials.all()
    assert [clip.stimulus.key for clip in two.clips.all()] == ["mhm-2", "mhm-1", "mhm-0"]
    assert (one.stratum, one.attributes, one.answers) == ("mhm", {"level": "easy"}, None)
    assert (check.check_kind, check.answers) == ("attention", {"odd": 2})
    assert loaded.notes == (
        "no attention trial is given to anybody: say how many with `checks: attention`",
        "the same clips as in another trial: two",
        "each participant gets all 2 trials (trials_per_participant is higher)",
    )


def test_a_corpus_that_is_there_already(folder: StudyFolder):
    first = load(folder).version
    text = SMALL.replace("stimuli: stimuli.csv", "corpus: small").replace("slug: small", "slug: other")
    second = load(folder, text).version
    assert second.corpus == first.corpus
    contents = [
        [[clip.stimulus.key for clip in trial.clips.all()] for trial in version.trials.all()]
        for version in (first, second)
    ]
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("n: 4", "n: 13", "(design[0].n): 13 triads are wanted and only 12 are possible. Ask for at most 12"),
        ("within: token", "within: word", "(design[0].within): no backchannel has anything in the column 'word'"),
        ("stimuli: stimuli.csv", "corpus: nowhere", "study.yaml:4 (corpus): there is no corpus 'nowhere'"),
        ("stimuli: stimuli.csv", "stimuli: gone.csv", "gone.csv: cannot be opened"),
        ("n: 4}", "n: 4}, {task: prosodic, make: contexts, foils: 20}", "question odd (odd_one_out) needs 3 clips"),
    ],
)
def test_nothing_is_stored_on_a_fault(folder: StudyFolder, old: str, new: str, fault: str):
    with pytest.raises(ImportFaultsError) as caught:
        load(folder, SMALL.replace(old, new))
    assert fault in str(caught.value)
    assert stored() == [0] * 8


def test_every_design_that_cannot_be_made_is_told(folder: StudyFolder):
    rows = folder.sounds()
    folder.stimuli([*rows[:-2], "context-0,context-0.wav,context,,s9,d7,,", "context-1,context-1.wav,context,,s9,,,"])
    with pytest.raises(ImportFaultsError) as caught:
        load(folder, EXAMPLE.replace("n: 6", "n: 600"))
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [
        (6, "design[0].n"),
        (7, "design[1]"),
        (7, "design[1]"),
    ]
    assert "context context-0 is not known: dialogue 'd7' has no backchannel" in str(caught.value)


def test_a_transcript_that_is_shown_must_be_there(folder: StudyFolder):
    rows = folder.sounds()
    folder.stimuli([*rows[:-1], rows[-1].replace("well then 1", "")])
    with pytest.raises(ImportFaultsError, match="context context-1 has no transcript, and task contextual shows it"):
        load(folder, EXAMPLE)


def test_sounds_that_are_unfit_are_told_with_the_other_faults_of_their_file(folder: StudyFolder):
    rows = folder.sounds()
    (folder.folder / "mhm-0.wav").write_bytes(b"no sound")
    folder.stimuli([*rows, "again,gone.wav,listener,mhm,,,,"])
    with pytest.raises(ImportFaultsError) as caught:
        load(folder)
    told = Counter(fault.column for fault in caught.value.faults)
    assert {"path", "role"} <= set(told)
    assert stored() == [0] * 8


def test_two_designs_of_one_task_number_on(folder: StudyFolder):
    design = "design: [{task: prosodic, make: triads, within: token, n: 2}, {task: prosodic, make: triads, n: 2}]\n"
    version = load(folder, SMALL[: SMALL.index("design")] + design).version
    assert [trial.key for trial in version.trials.all()] == [f"prosodic-000{at}" for at in (1, 2, 3, 4)]
    assert [trial.position for trial in version.trials.all()] == [0, 1, 2, 3]


def test_a_task_without_trials_is_noted(folder: StudyFolder):
    text = SMALL.replace("tasks:\n", "tasks:\n  idle:\n    questions: [{name: two, kind: pair, text: Which?}]\n")
    assert "task idle has no trial" in load(folder, text).notes


def test_queries_do_not_grow_with_the_trials(folder: StudyFolder, django_assert_max_num_queries: Any):
    load(folder)
    with django_assert_max_num_queries(60):
        load(folder, SMALL.replace("within: token, n: 4", "n: 200"))


def test_simulated_listeners_hold_a_version_too(folder: StudyFolder):
    version = load(folder).version
    Participant.objects.create(version=version, seed=1, kind=ParticipantKind.SIMULATED)
    assert load(folder, SMALL.replace("n: 4", "n: 5")).version.number == 2


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_what_was_loaded_and_what_comes_next(folder: StudyFolder):
    path = str(folder.write(SMALL))
    assert run("load_study", path) == (
        "small v1 loaded: 4 trials on corpus small\n"
        "  note: each participant gets all 4 trials (trials_per_participant is higher)\n"
        "  next: manage.py set_study_state small live\n"
    )
    assert run("set_study_state", "small", "live") == "small is live; newcomers get small v1\n"
    assert run("load_study", path).startswith("small v1 is loaded already; nothing changed: 4 trials")


def test_the_command_lists_faults_without_a_traceback(folder: StudyFolder):
    path = folder.write(SMALL.replace("n: 4", "n: 0").replace("title", "tilte"))
    with pytest.raises(CommandError) as caught:
        run("load_study", str(path))
    assert str(caught.value).startswith("3 faults; nothing was stored:\n")
    assert f"{path}:2 (tilte): this key is not known. Did you mean title?" in str(caught.value)
