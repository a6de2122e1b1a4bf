"""Simulated listeners: known sensitivity in, the same sensitivity out."""

import math

import numpy as np
import pytest

from analysis.agreement.compute import Effort, agreement_of
from analysis.agreement.row import INCLUDED, Row
from analysis.enums import Population
from analysis.errors import AnalysisError, NoPerceptsError, UnknownRunError
from analysis.queries.answers import answers_of
from analysis.queries.plan import plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.services.percepts import percept_points
from analysis.services.predict import predict_version
from analysis.services.simulation import simulate_listeners
from analysis.stats.listeners import choice_probabilities, planted_accuracy, standardised
from analysis.stats.triads import credit
from annotations.enums import ParticipantKind, Stage
from annotations.models import Judgement, Participant, Trial
from corpus.models import Corpus, Stimulus
from tests.analysis.rows import Built, add_run, make_study

pytestmark = pytest.mark.data_layer


def figures(study: Built) -> dict[tuple[str, str, str], Row]:
    """Every figure about the simulated listeners."""
    predict_version(version_pk=study.version.pk)
    plan = plan_of(study.version)
    models = models_shown(study.version.corpus_id, corpus_digest=study.version.corpus_digest)
    agreement = agreement_of(
        answers_of(plan, Population.SIMULATED), predictions_of(models, plan), Effort(n_resamples=300)
    )
    return {(row.measure, row.model, row.stratum): row for row in agreement.rows if row.subset == INCLUDED}


def said() -> list[tuple[str, str, int | None, float | None]]:
    page = "response__assignment__"
    rows = Judgement.objects.order_by(page + "participant_id", page + "position", "question_id", "slot")
    return list(rows.values_list(page + "trial__key", "question__name", "chosen_slot", "value"))


def test_listeners_of_known_noise_give_the_planted_accuracy(study: Built, corpus: Corpus) -> None:
    add_run(corpus, "spectral")
    add_run(corpus, "prosody", seed=12)
    simulate_listeners(study_slug=study.slug, n=14, noise=0.8, seed=1, like="spectral")
    rows = figures(study)
    plan = plan_of(study.version)
    said = {one.model.name: one.similarities for one in predictions_of(models_shown(corpus.pk, corpus_digest=""), plan)}
    planted = planted_accuracy(said["spectral"], 0.8)
    found = rows["accuracy_judgement", "spectral", "task=prosodic;question=odd"]
    assert found.low is not None
    assert found.high is not None
    assert found.low <= planted <= found.high
    assert 0.4 < planted < 0.9
    assert found.n_judgements == 280
    other = rows["accuracy_judgement", "prosody", "task=prosodic;question=odd"]
    expected = planted_accuracy(said["spectral"], 0.8, of_credit=credit(said["prosody"]))
    assert other.low is not None
    assert other.high is not None
    assert other.low <= expected <= other.high


def test_listeners_without_sensitivity_are_at_chance(study: Built, corpus: Corpus) -> None:
    add_run(corpus)
    simulate_listeners(study_slug=study.slug, n=10, noise=math.inf, seed=1)
    rows = figures(study)
    found = rows["accuracy_judgement", "spectral", "task=prosodic;question=odd"]
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 1 / 3 <= found.high
    kappa = rows["fleiss_kappa", "", "task=prosodic;question=odd"]
    assert kappa.low is not None
    assert kappa.high is not None
    assert kappa.low <= 0 <= kappa.high


def test_without_noise_everyone_hears_what_the_percepts_say(study: Built) -> None:
    simulate_listeners(study_slug=study.slug, n=3, noise=0.0, seed=1)
    points = {sound.key: np.array([float(sound.attributes[f"percept_{x}"]) for x in ("energy", "pitch")])
              for sound in study.sounds.values()}  # fmt: skip
    clips = [points[key] for key, sound in study.sounds.items() if sound.role == "backchannel"]
    mean, spread = np.mean(clips, axis=0), np.std(clips, axis=0)
    for trial in Trial.objects.all():
        a, b, c = ((points[clip.stimulus.key] - mean) / spread for clip in trial.clips.order_by("slot"))
        apart = [np.linalg.norm(b - c), np.linalg.norm(a - c), np.linalg.norm(a - b)]
        judged = Judgement.objects.filter(response__assignment__trial=trial)
        assert {judgement.chosen_slot for judgement in judged} == {int(np.argmin(apart))}


def test_ratings_follow_the_fits(corpus: Corpus) -> None:
    study = make_study(corpus, tasks=["contextual"])
    add_run(corpus)
    simulate_listeners(study_slug=study.slug, n=10, noise=0.3, seed=1, like="spectral")
    rows = figures(study)
    suited = rows["suitability_pairwise_accuracy", "spectral", "task=contextual;question=suitability"]
    assert suited.estimate is not None
    assert suited.estimate > 0.8
    assert rows["chance", "", "task=contextual;question=similar"].estimate == pytest.approx(1 / 3)


def test_the_same_seed_gives_the_same_answers(corpus: Corpus) -> None:
    first, second, other = (make_study(corpus, slug) for slug in ("one", "two", "three"))
    answers = []
    for study, seed in ((first, 1), (second, 1), (other, 2)):
        simulate_listeners(study_slug=study.slug, n=2, noise=0.8, seed=seed)
        keys = Judgement.objects.filter(response__assignment__participant__version=study.version)
        order = keys.order_by("response__assignment__participant_id", "response__assignment__position")
        answers.append(list(order.values_list("response__assignment__trial__key", "chosen_slot")))
    assert answers[0] == answers[1]
    assert answers[0] != answers[2]


def test_the_same_command_twice_adds_nobody_and_goes_on_where_it_stopped(study: Built) -> None:
    simulate_listeners(study_slug=study.slug, n=2, noise=0.8, seed=1)
    before = said()
    again = simulate_listeners(study_slug=study.slug, n=3, noise=0.8, seed=1)
    assert again.answers == 20
    assert said()[: len(before)] == before
    assert Participant.objects.count() == 3


def test_they_are_marked_and_take_nobodys_place(study: Built) -> None:
    simulate_listeners(study_slug=study.slug, n=4, noise=0.8, seed=1)
    assert set(Participant.objects.values_list("kind", "stage")) == {(ParticipantKind.SIMULATED, Stage.DONE)}
    assert Participant.objects.order_by("pk")[3].origin == {"noise": "0.8", "seed": 1, "like": "", "listener": 3}
    assert set(Trial.objects.values_list("taken", flat=True)) == {0}


def test_without_percepts_it_says_what_to_do(study: Built) -> None:
    Stimulus.objects.update(attributes={"percept_pitch": "high"})
    with pytest.raises(NoPerceptsError, match="no numeric percept_"):
        simulate_listeners(study_slug=study.slug, n=1, noise=0.8, seed=1)
    assert Participant.objects.count() == 0


def test_a_gap_among_the_percepts_is_named(study: Built) -> None:
    Stimulus.objects.filter(key="mhm0").update(attributes={"percept_pitch": "1"})
    with pytest.raises(NoPerceptsError, match="mhm0"):
        simulate_listeners(study_slug=study.slug, n=1, noise=0.8, seed=1)


def test_a_run_that_lacks_a_clip_is_named(study: Built, corpus: Corpus) -> None:
    add_run(corpus, lacking=["mhm0"])
    with pytest.raises(NoPerceptsError, match="mhm0"):
        simulate_listeners(study_slug=study.slug, n=1, noise=0.8, seed=1, like="spectral")


def test_an_unknown_run_is_named_with_those_there_are(study: Built, corpus: Corpus) -> None:
    add_run(corpus)
    with pytest.raises(UnknownRunError, match=r"'nosuch'.*spectral"):
        simulate_listeners(study_slug=study.slug, n=1, noise=0.8, seed=1, like="nosuch")


@pytest.mark.parametrize(("n", "noise"), [(0, 1.0), (1, -1.0), (1, math.nan)])
def test_numbers_that_make_no_sense_are_refused(study: Built, n: int, noise: float) -> None:
    with pytest.raises(AnalysisError, match="--noise"):
        simulate_listeners(study_slug=study.slug, n=n, noise=noise, seed=1)


def test_percepts_that_do_not_vary_are_left_out() -> None:
    from analysis.queries.stimuli import Sound

    sounds = [
        Sound(at, f"c{at}", "backchannel", "mhm", (), {"percept_a": str(at), "percept_b": "1"}) for at in range(3)
    ]
    points = percept_points(sounds)
    assert {pk: point.round(3).tolist() for pk, point in points.items()} == {0: [-1.225], 1: [0.0], 2: [1.225]}


def test_standardisation_is_over_all_triads() -> None:
    z = standardised(np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]))
    assert z.mean() == pytest.approx(0)
    assert choice_probabilities(z, math.inf) == pytest.approx(np.full((2, 3), 1 / 3))
