"""Which runs figures show, and how they are called."""

import pytest

from analysis.errors import UnknownRunError
from analysis.queries.runs import finished_runs, models_shown, run_named
from corpus.models import Corpus
from modeling.enums import RunState
from modeling.models import EmbeddingRun
from tests.analysis.rows import add_run

pytestmark = pytest.mark.data_layer


def names(corpus: Corpus, **options: object) -> list[str]:
    shown = models_shown(corpus.pk, corpus_digest=corpus.digest, **options)  # type: ignore[arg-type]
    return [model.name for model in shown]


def test_one_run_a_setting_is_shown_that_of_the_corpus_as_planned(corpus: Corpus) -> None:
    planned = add_run(corpus, "spectral")
    later = EmbeddingRun.objects.get(pk=planned.pk)
    later.pk, later.digest, later.corpus_digest = None, "later", "grown"
    later.save()
    add_run(corpus, "prosody")
    add_run(corpus, "wavlm", state=RunState.RUNNING)
    assert names(corpus) == ["prosody", "spectral"]
    shown = models_shown(corpus.pk, corpus_digest="grown")
    assert [model.digest for model in shown if model.name == "spectral"] == ["later"]


def test_layers_of_one_encoder_are_models_of_their_own(corpus: Corpus) -> None:
    for label in ("wavlm L6", "wavlm L9"):
        add_run(corpus, label)
    assert names(corpus) == ["wavlm L6", "wavlm L9"]


def test_two_runs_of_one_label_are_told_apart_by_digest(corpus: Corpus) -> None:
    one = add_run(corpus, "wavlm L6")
    other = EmbeddingRun.objects.get(pk=one.pk)
    other.pk, other.digest, other.settings = None, "f" * 64, {"layer": "L6", "weights": "elsewhere"}
    other.save()
    assert names(corpus) == [f"wavlm L6 ({one.digest[:8]})", "wavlm L6 (ffffffff)"]
    assert names(corpus, names=["ffff", one.digest]) == names(corpus, names=[one.digest, "ffff", "ffff"])[::-1]
    with pytest.raises(UnknownRunError, match="does not name one"):
        run_named("wavlm L6", finished_runs(corpus.pk))


def test_without_a_run_the_error_says_how_to_make_one(corpus: Corpus) -> None:
    with pytest.raises(UnknownRunError, match=r"manage\.py embed"):
        run_named("", finished_runs(corpus.pk))
