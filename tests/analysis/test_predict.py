"""What runs say about trials: the cosines, the credit, and what is left out."""

import numpy as np
import pytest

from analysis.models import Prediction
from analysis.services.predict import predict_version
from corpus.models import Corpus
from modeling.enums import RunState
from tests.analysis.rows import Built, add_run, add_trial, make_study

pytestmark = pytest.mark.data_layer


def cosine(a: list[float], b: list[float]) -> float:
    return float(np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b))


def test_similarity_k_is_that_of_the_pair_which_leaves_slot_k_odd(study: Built, corpus: Corpus) -> None:
    a, b, c = [1.0, 0, 0, 0.5], [0.9, 0.1, 0, 0.5], [-0.2, 1.0, 2.0, 0]
    clips = [study.sounds[key] for key in ("mhm0", "mhm1", "mhm2")]
    add_trial(study, "known", study.trials["t000"].task, clips)
    add_run(corpus, vectors={"mhm0": a, "mhm1": b, "mhm2": c})
    predict_version(version_pk=study.version.pk)
    said = Prediction.objects.get(trial__key="known")
    assert said.similarities == pytest.approx([cosine(b, c), cosine(a, c), cosine(a, b)], abs=1e-7)
    assert said.credit == [0.0, 0.0, 1.0]
    assert said.fits is None


def test_ties_share_the_credit(study: Built, corpus: Corpus) -> None:
    a, b = [1.0, 0, 0, 0], [0, 1.0, 0, 0]
    clips = [study.sounds[key] for key in ("mhm0", "mhm1", "mhm2")]
    add_trial(study, "tie", study.trials["t000"].task, clips)
    add_run(corpus, vectors={"mhm0": a, "mhm1": b, "mhm2": [0, 0, 1.0, 0]})
    predict_version(version_pk=study.version.pk)
    assert Prediction.objects.get(trial__key="tie").credit == pytest.approx([1 / 3] * 3)


def test_context_and_clip_give_the_fits(corpus: Corpus) -> None:
    study = make_study(corpus, tasks=["contextual"])
    vectors = {key: list(np.random.default_rng(at).normal(size=4)) for at, key in enumerate(study.sounds)}
    add_run(corpus, vectors=vectors)
    predict_version(version_pk=study.version.pk)
    said = Prediction.objects.get(trial__key="c000")
    clips = [clip.stimulus.key for clip in said.trial.clips.order_by("slot")]
    assert said.fits == pytest.approx([cosine(vectors["ctx0"], vectors[key]) for key in clips], abs=1e-6)
    assert said.similarities is not None


def test_twice_changes_nothing_and_a_lacking_clip_is_counted(study: Built, corpus: Corpus) -> None:
    add_run(corpus, lacking=["mhm0"])
    first = predict_version(version_pk=study.version.pk)[0]
    with_mhm0 = study.version.trials.filter(clips__stimulus__key="mhm0").count()
    assert with_mhm0 > 0
    assert (first.stored, first.already, first.not_covered) == (20 - with_mhm0, 0, with_mhm0)
    before = list(Prediction.objects.order_by("pk").values())
    second = predict_version(version_pk=study.version.pk)[0]
    assert (second.stored, second.already, second.not_covered) == (0, 20 - with_mhm0, with_mhm0)
    assert list(Prediction.objects.order_by("pk").values()) == before


def test_a_vector_of_zeros_has_no_cosine_and_covers_nothing(study: Built, corpus: Corpus) -> None:
    add_run(corpus, vectors=dict.fromkeys(study.sounds, [0.0] * 4))
    assert predict_version(version_pk=study.version.pk)[0].not_covered == 20


def test_only_finished_runs_and_only_the_one_asked_for(study: Built, corpus: Corpus) -> None:
    one = add_run(corpus, "spectral")
    add_run(corpus, "prosody", seed=12)
    add_run(corpus, "wavlm", state=RunState.FAILED)
    done = predict_version(version_pk=study.version.pk, run_digest=one.digest)
    assert [coverage.run for coverage in done] == ["spectral"]
    assert {coverage.run for coverage in predict_version(version_pk=study.version.pk)} == {"spectral", "prosody"}


def test_predicting_takes_a_fixed_number_of_queries(corpus: Corpus, django_assert_num_queries) -> None:
    add_run(corpus)
    for slug, n in (("few", 2), ("many", 100)):
        version = make_study(corpus, slug, n_triads=n).version
        with django_assert_num_queries(10):
            predict_version(version_pk=version.pk)
