"""The methods in words: a sentence stands there only where it is true of the study."""

import re
from typing import Any

import pytest

from analysis.agreement.compute import Effort, agreement_of
from analysis.enums import Population, Subset
from analysis.queries.answers import answers_of
from analysis.queries.loudness import loudness_of
from analysis.queries.plan import plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.report.methods import Facts, Methods, methods_of
from analysis.report.methods.references import REFERENCES
from analysis.services.predict import predict_version
from annotations.enums import ChosenBy, ParticipantKind
from annotations.models import Assignment, StudyVersion
from corpus.models import Corpus, ServedAudio
from tests.analysis.rows import Built, add_participant, add_run, answer, make_study

pytestmark = pytest.mark.django_db
FULL: dict[str, Any] = {
    "screening": {"headphones": "huggins", "pass": 5, "of": 6, "volume": True, "on_fail": "second_try"},
    "practice": 3,
    "examples": 1,
    "checks": {"attention": 2, "instructed": [], "repeats": 1, "repeat_after": 5},
    "exclude": [
        {"rule": "attention_failed", "more_than": 1},
        {"rule": "median_rt_below_ms", "value": 2000.0},
        {"rule": "same_answer_share_above", "value": 0.9},
        {"rule": "implausible_share_above", "value": 0.2},
    ],
    "recruitment": {"platform": "prolific"},
    "design": [{"task": "prosodic", "make": "triads", "n": 20, "seed": 7, "speakers": "same", "within": "token"}],
    "comprehension": {
        "questions": [
            {"name": "q", "text": {"en": "?"}, "options": [{"name": "a", "text": {"en": "A"}}], "right": "a"}
        ],
        "tries": 2,
    },
}


def define(study: Built, **parts: Any) -> None:
    definition = study.version.definition | parts
    StudyVersion.objects.filter(pk=study.version.pk).update(definition=definition)
    study.version = StudyVersion.objects.get(pk=study.version.pk)


def methods(study: Built, population: Population = Population.PEOPLE, subset: Subset = Subset.RANDOM) -> Methods:
    version = study.version
    predict_version(version_pk=version.pk)
    answers = answers_of(plan_of(version), population, subset)
    models = models_shown(version.corpus_id, corpus_digest=version.corpus_digest)
    agreement = agreement_of(answers, predictions_of(models, answers.plan), Effort(n_resamples=20))
    settings = {"bootstrap": 20, "seed": 0}
    facts = Facts(
        version, answers, models, agreement.rows, settings, {"numpy": "2.0"}, loudness_of(version),
        n_comparisons=len(agreement.comparisons),
    )  # fmt: skip
    return methods_of(facts)


def text(made: Methods) -> str:
    return " ".join(paragraph for _, paragraph in made.sections)


def people(study: Built, n: int = 3, **fields: Any) -> None:
    for number in range(n):
        participant = add_participant(study, f"p{number}", **fields)
        for at, key in enumerate(list(study.trials)[:5]):
            answer(study, participant, key, {"odd": (at + number // 2) % 3})


def test_everything_that_was_done_is_said_with_its_numbers(study: Built, corpus: Corpus) -> None:
    define(study, **FULL)
    people(study)
    add_participant(study, "none")
    answer(study, add_participant(study, "rule", excluded=True, exclusion="rule: failed 2 of 2"), "t000", {"odd": 0})
    answer(study, add_participant(study, "hand", excluded=True, exclusion="knew it"), "t000", {"odd": 0})
    ServedAudio.objects.update(loudness=-26.0)
    add_run(corpus, "wavlm L6", seed=1)
    add_run(corpus, "prosody", seed=2)
    made = methods(study)
    said = text(made)
    for sentence in (
        "The task “prosodic” had 20 trials of 3 clips each.",
        "5 listeners gave 17 answers: 3 to 5 to each trial that was answered; 15 trials had none.",
        (
            "Triads of the task “prosodic” were drawn at random among clips with the same token, all by one speaker "
            "(seed 7)."
        ),
        "In the task “prosodic” listeners said which of three clips sounded different from the other two.",
        (
            "5 ratings of each trial were planned, and for each participant 20 trials; each participant was given the "
            "trials with the fewest answers so far."
        ),
        "Participants were recruited through Prolific.",
        "Before the trials they set the volume with a reference noise.",
        "(Milne et al. 2021): 5 of 6 trials had to be right; who failed had a second try",
        "1 question about the instructions had to be answered rightly; those who did not in 2 tries were screened out.",
        "2 practice trials came first, after which the right answer was told; practice enters no figure.",
        "Each participant was given 2 attention trials that held one clip twice and another.",
        "1 trial came again after at least 5 pages",
        (
            "excluded who failed more than 1 attention trial; or had a median response time below 2000 ms; or gave the "
            "same answer in more than 90 % of the trials; or answered more than 20 % of the trials sooner than their "
            "sounds can"
        ),
        "2 listeners who had answered were excluded, 1 of them by the researchers.",
        "All clips were played at −23 LUFS on both ears",
        "Of 12 clips, 12 stayed quieter, so that the true peak is below −1 dBTP.",
        "wavlm L6 (encoder wavlm, run ",
        "20 resamples, seed 0.",
        "paired sign-flip permutation test over trials (Good 2005).",
        "Figures were computed by bcstudy (numpy 2.0).",
    ):
        assert sentence in said, sentence
    assert [heading for heading, _ in made.sections] == ["Trials", "Listeners", "Models", "Statistics"]


NEVER = (
    "headphones", "volume", "practice", "attention", "came again", "excluded who", "Prolific", "drawn at random",
    "similarity", "Holm", "sign-flip", "rated (", "ratings)", "suitability", "context", "layer", "Maps", "random share",
    "question about the instructions", "stayed quieter", "imported", "simulated",
)  # fmt: skip


def test_what_was_not_done_is_not_said(study: Built) -> None:
    people(study)
    said = text(methods(study))
    assert [words for words in NEVER if words in said] == []
    assert "Participants came by a link." in said
    assert "No listener who had answered was excluded." in said


def test_ratings_and_pairs_have_sentences_of_their_own(corpus: Corpus) -> None:
    study = make_study(corpus, tasks=("contextual",))
    add_run(corpus, "spectral")
    for number in range(3):
        participant = add_participant(study, f"p{number}")
        for at, key in enumerate(study.trials):
            answer(study, participant, key, {"suitability": [1 + at, 3, 5 - number], "similar": at})
    said = text(methods(study))
    assert "In the task “contextual” listeners rated each clip (suitability) on a scale from 1 to 5." in said
    assert "listeners said which two of three clips were most alike" in said
    assert "3 trials of 3 clips each with the context that they answer" in said
    assert "How well a model fits a clip to its context is the cosine of their embeddings." in said
    assert "sets single listeners against the means of the others" in said
    assert "“prosodic”" not in said


def test_imported_and_simulated_listeners_were_not_screened_here(study: Built) -> None:
    define(study, **FULL)
    people(study, kind=ParticipantKind.IMPORTED)
    said = text(methods(study))
    assert "All answers were imported from a file; how these listeners were recruited and screened is not known" in said
    for never in ("headphones", "Prolific", "attention", "excluded who", "LUFS"):
        assert never not in said
    simulated = text(methods(study, Population.SIMULATED))
    assert "The listeners are simulated, and none of the figures is about people." in simulated
    assert "imported" not in simulated


def test_an_adaptive_study_says_what_its_figures_rest_on(study: Built) -> None:
    people(study)
    Assignment.objects.filter(trial__key="t001").update(chosen_by=ChosenBy.PRIORITY)
    assert "Figures are from the random share of trials, not from those chosen for what others" in text(methods(study))
    assert "which biases them" in text(methods(study, subset=Subset.ALL))


def test_exactly_the_literature_that_is_named_is_listed(study: Built) -> None:
    define(study, **FULL)
    people(study)
    made = methods(study)
    listed = {name for name, reference in REFERENCES.items() if reference in made.references}
    assert {name for name in REFERENCES if name in text(made)} == listed
    assert {"Owen 2007", "Milne et al. 2021", "Krippendorff 2019"} <= listed
    assert not {"Woods et al. 2017", "Stone 1974", "Jackson 1995", "McGraw & Wong 1996", "Good 2005"} & listed
    assert list(made.references) == sorted(made.references)
    named = re.findall(r"[A-Z][\w& ,.-]+ (?:19|20)\d\d", text(made))
    assert all(any(one.endswith(name) for name in REFERENCES) for one in named), named


def test_markdown_has_what_the_page_has_and_no_mark_of_a_name(study: Built) -> None:
    people(study)
    made = methods(study)
    written = made.markdown("a_b *c*")
    assert written.startswith("# Methods: a\\_b \\*c\\*\n\n## Trials\n\nThe task “prosodic” had 20 trials")
    assert written.count("\n## ") == len(made.sections) + 1
    assert written.count("\n- ") == len(made.references)
