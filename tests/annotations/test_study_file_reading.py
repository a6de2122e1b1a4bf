"""A study file becomes a complete definition, or every fault at its line."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.study_file.parts import Codes
from annotations.study_file.reading import read_study
from annotations.study_file.schema import StudyDefinition
from corpus.errors import ImportFaultsError
from tests.annotations.study_folder import EXAMPLE, SMALL, StudyFolder


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    return StudyFolder(tmp_path)


def test_the_example_of_the_format_is_kept_whole(folder: StudyFolder):
    definition = folder.read(EXAMPLE).definition
    assert definition.slug == definition.corpus == "backchannels"
    assert definition.languages == ["en", "sv"]
    assert definition.title["sv"] == "Hur hör lyssnare korta svar?"
    assert [task.name for task in definition.tasks] == ["prosodic", "contextual"]
    suitability, similar, energy = definition.task("contextual").questions
    assert suitability.per_clip
    assert suitability.text == {"en": "How well?", "sv": "How well?"}
    assert suitability.settings == {
        "scale": [1, 5],
        "step": 1,
        "ends": {"en": ["not at all", "extremely"], "sv": ["inte alls", "helt"]},
    }
    assert (similar.kind, similar.per_clip, similar.settings) == ("pair", False, {})
    assert energy.settings["ends"] == {}
    assert definition.screening is not None
    assert definition.screening.pass_mark == 5
    assert definition.recruitment.codes == Codes(
        completed="C1", screened_out="S1", failed_attention="A1", no_consent="N1"
    )
    assert [rule.rule for rule in definition.exclude] == [
        "attention_failed",
        "median_rt_below_ms",
        "same_answer_share_above",
    ]
    assert definition.allocation.trials_per_participant == 21


def test_a_stored_definition_reads_back_the_same(folder: StudyFolder):
    definition = folder.read(EXAMPLE).definition
    assert StudyDefinition.model_validate(definition.model_dump(mode="json")) == definition


def test_defaults_are_filled_in(folder: StudyFolder):
    definition = folder.read(SMALL).definition
    assert definition.languages == ["en"]
    assert definition.title == {"en": "Short responses"}
    assert "short sounds" in definition.instructions["en"]
    assert definition.allocation.ratings_per_trial == 5
    assert definition.recruitment.id_parameter == "participant"
    assert definition.design[0].seed == 0


@pytest.mark.parametrize(("platform", "parameter"), [("prolific", "PROLIFIC_PID"), ("mturk", "workerId")])
def test_each_platform_has_its_usual_parameter(folder: StudyFolder, platform: str, parameter: str):
    recruitment = folder.read(f"{SMALL}recruitment: {{platform: {platform}}}\n").definition.recruitment
    assert recruitment.id_parameter == parameter


def test_a_language_that_yaml_used_to_take_for_false(folder: StudyFolder):
    folder.file("consent.no.md", "Samtykke")
    text = SMALL.replace("Short responses", "{no: Korte svar}") + "instructions: Lytt.\n"
    assert folder.read(text).definition.title == {"no": "Korte svar"}


# What is changed in the small study, and the fault that must be told for it.
BAD = [
    ("slug: small", "slug: a b", "study.yaml:1 (slug): 'a b' has characters that are not allowed here"),
    ("slug: small", "slug: 5", "study.yaml:1 (slug): a text is wanted, not 5. Put it in quotes"),
    ("slug: small", "", "study.yaml:1 (slug): it is missing. Add `slug: …`"),
    ("title: Short responses", "title:", "study.yaml:2 (title): a text is wanted, not None"),
    ("Short responses", "{en: A, sv: ''}", "study.yaml:2 (title): the text is missing in sv"),
    ("Short responses", "{English: A}", "study.yaml:2 (title.English): this is no language"),
    ("stimuli: stimuli.csv", "", "study.yaml:1: the study has no stimuli"),
    (
        "stimuli: stimuli.csv",
        "stimulus: stimuli.csv",
        "study.yaml:4 (stimulus): this key is not known. Did you mean stimuli?",
    ),
    ("stimuli: stimuli.csv", "stimuli: [a]", "study.yaml:4 (stimuli): a text is wanted, not ['a']"),
    ("  prosodic:", "  pro sodic:", "(tasks.pro sodic): 'pro sodic' has characters that are not allowed"),
    ("task: prosodic", "task: prosodik", "(design[0].task): there is no task 'prosodik'. Did you mean prosodic?"),
    ("within: token", "whitin: token", "(design[0].whitin): this key is not known. Did you mean within?"),
    ("make: triads", "make: pairs", "(design[0]): 'pairs' is not known. Write one of 'triads', 'contexts'"),
    ("make: triads", "maker: triads", "(design[0]): 'make' is missing"),
    ("n: 4", "n: 0", "(design[0].n): 0 is too small. Give 1 or more"),
    ("n: 4", "n: 4.5", "(design[0].n): a whole number is wanted, not 4.5"),
    ("n: 4", "n: true", "(design[0].n): a whole number is wanted, not True"),
    ("n: 4", "n: ", "(design[0].n): it is empty"),
    (
        "n: 4}",
        "n: 4, speakers: both}",
        "(design[0].speakers): 'both' is not known here. Write 'mixed', 'same' or 'different'",
    ),
    ("n: 4}", "n: 4, seed: -1}", "(design[0].seed): -1 is too small"),
    ("design: [", "trials: trials.csv\ndesign: [", "study.yaml:8 (trials): there are both `trials` and `design`"),
    ("design: [{task: prosodic, make: triads, within: token, n: 4}]", "", "the study has no trials"),
    (
        "kind: odd_one_out",
        "kind: odd_one",
        "questions[0].kind): there is no kind of question 'odd_one'. Did you mean odd_one_out?",
    ),
    (
        "kind: odd_one_out",
        "kind: odd_one_out, scale: [1, 5]",
        "questions[0].scale): a question of kind odd_one_out has no 'scale'",
    ),
    ("kind: odd_one_out", "kind: odd_one_out, per: clip", "questions[0].per): odd_one_out is asked once"),
    ("kind: odd_one_out", "kind: rating", "questions[0].scale): it is missing. Give the lowest and the highest"),
    ("kind: odd_one_out", "kind: rating, scale: [5, 1]", "questions[0].scale): [5, 1] is no scale"),
    (
        "kind: odd_one_out",
        "kind: rating, scale: [1, 5], step: 3",
        "questions[0].step): steps of 3 do not lead from 1 to 5",
    ),
    (
        "kind: odd_one_out",
        "kind: rating, scale: [1, 5], ends: {sv: [a, b]}",
        "the texts of the two ends are missing in en",
    ),
    ("kind: odd_one_out", "kind: rating, scale: [1, 5], ends: [a]", "questions[0].ends): ['a'] are no two texts"),
    (
        "kind: odd_one_out",
        "kind: rating, scales: [1, 5]",
        "questions[0].scales): a question of kind rating has no 'scales'. Did you mean scale?",
    ),
    ("text: Which one is different?", "text: {sv: Vilken?}", "questions[0].text): the text is missing in en"),
    ("text: Which one is different?", "text: {en: A, sv: B}", "questions[0].text): the study is not in sv"),
    (", text: Which one is different?", "", "questions[0].text): it is missing"),
    ("questions: [", "show: [picture]\n    questions: [", "(tasks.prosodic.show[0]): 'picture' is not known here"),
    ("questions: [", "show: [transcript]\n    questions: [", "task prosodic shows a context, and triads have none"),
    (
        "questions: [",
        "questions: [{name: odd, kind: pair, text: a}, ",
        "questions[1].name): two questions are called 'odd'",
    ),
    ("consent: consent.md", "consent: other.md", "study.yaml:3 (consent): there is no file other.md"),
    ("consent: consent.md", "", "(consent): it is missing. Add `consent: …`"),
]


@pytest.mark.parametrize(("old", "new", "fault"), BAD)
def test_each_fault_is_told(folder: StudyFolder, old: str, new: str, fault: str):
    assert old in SMALL
    found = folder.faults(SMALL.replace(old, new, 1))
    assert [each for each in found if fault in each], found


BAD_PARTS = [
    (
        "screening: {headphones: none}",
        "(screening.headphones): 'none' is not known here. Write 'huggins' or 'antiphase'",
    ),
    ("screening: {pass: 7, of: 6}", "(screening.pass): 7 of 6 cannot be passed"),
    ("screening: {passes: 5}", "(screening.passes): this key is not known. Did you mean pass?"),
    ("screening: yes", "(screening): keys with values are wanted, not 'yes'"),
    ("practice: -1", "(practice): -1 is too small"),
    ("checks: {attentions: 2}", "(checks.attentions): this key is not known. Did you mean attention?"),
    ("allocation: {ratings_per_trial: 0}", "(allocation.ratings_per_trial): 0 is too small"),
    ("allocation: {design: random}", "(allocation.design): 'random' is not known here"),
    ("recruitment: {platform: prolifc}", "(recruitment.platform): 'prolifc' is not known here"),
    ("recruitment: {codes: {completed: 12345}}", "(recruitment.codes.completed): a text is wanted, not 12345"),
    ("recruitment: {codes: {done: A}}", "(recruitment.codes.done): this key is not known. Known here: completed"),
    (
        "recruitment: {return_url: 'https://a.example/?c={token}'}",
        "(recruitment.return_url): there is no placeholder {token}. Use {code} and {id}, or write it out",
    ),
    (
        "recruitment: {return_url: 'https://{id}/done'}",
        "(recruitment.return_url): {id} is no host that everybody can be sent to. Write the host out",
    ),
    ("recruitment: {return_url: 'https://a.example/{'}", "(recruitment.return_url): a curly bracket is left over"),
    ("recruitment: {return_url: 'http://a.example'}", "(recruitment.return_url): 'http://a.example' has characters"),
    ("exclude: [{rule: attention}]", "(exclude[0]): 'attention' is not known. Write one of 'attention_failed'"),
    ("exclude: [{rule: attention_failed}]", "(exclude[0].more_than): it is missing"),
    ("exclude: [{rule: same_answer_share_above, value: 2}]", "(exclude[0].value): 2 is too large. Give 1.0 or less"),
    ("exclude: {rule: attention_failed}", "(exclude): a list is wanted"),
    ("instructions: 5", "(instructions): 5 names no file"),
]


@pytest.mark.parametrize(("line", "fault"), BAD_PARTS)
def test_each_fault_of_a_part_is_told(folder: StudyFolder, line: str, fault: str):
    (found,) = folder.faults(f"{SMALL}{line}\n")
    assert found.startswith("study.yaml:9")
    assert fault in found


def test_every_fault_is_told_at_once_in_the_order_of_lines(folder: StudyFolder):
    text = (
        SMALL.replace("small", "s l")
        .replace("consent.md", "gone.md")
        .replace("odd_one_out", "odd")
        .replace("n: 4", "n: x")
    )
    assert [fault.split(" ")[0] for fault in folder.faults(text)] == [
        "study.yaml:1",
        "study.yaml:3",
        "study.yaml:7",
        "study.yaml:8",
    ]


def test_triads_need_three_clips(folder: StudyFolder):
    text = EXAMPLE.replace("foils: 2", "foils: 3")
    (fault,) = folder.faults(text)
    assert "study.yaml:7 (design[1]): question similar (pair) needs 3 clips, and these trials have 4" in fault


def test_a_file_that_is_not_there(folder: StudyFolder):
    with pytest.raises(ImportFaultsError, match="the file cannot be read"):
        read_study(folder.path)


@given(at=st.integers(0, len(EXAMPLE)), cut=st.integers(0, 40), put=st.text(max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_file_is_read_or_told_of(folder: StudyFolder, at: int, cut: int, put: str):
    with suppress(ImportFaultsError):
        folder.read(EXAMPLE[:at] + put + EXAMPLE[at + cut :])
