"""Curves over layers: which runs make one, what they say, and what the best layer is worth."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.agreement.layers import layers_of
from analysis.agreement.row import INCLUDED, Row
from analysis.queries.runs import Model
from analysis.report.layers import best_layers, layer_figures, without_worse_layers
from analysis.report.panels import SUITABILITY
from analysis.services.export import export_agreement
from corpus.models import Corpus
from modeling.models import EmbeddingRun
from tests.analysis.rows import Built, add_run

QUESTION = "task=prosodic;question=odd"
MEASURES = {"chance": "chance_pairwise", "accuracy_judgement": "suitability_pairwise_accuracy"}


def model(name: str, encoder: str = "wavlm", digest: str = "w", **settings: object) -> Model:
    return Model(hash(name) % 1000, name, name, encoder, {"pooling": "mean"} | settings, digest, "c", {})


WAVLM = [model(f"base L{layer}", layer=layer) for layer in (9, 0, 12)]


def row(measure: str, estimate: float | None, name: str = "", half: float = 0.04) -> Row:
    low, high = (None, None) if estimate is None else (estimate - half, estimate + half)
    return Row(measure, name, INCLUDED, QUESTION, 40, 200, estimate, low, high, "", "")


def rows(**estimates: float | None) -> list[Row]:
    """Chance, ceilings, and the accuracy of each layer, such as L9=.6."""
    lines = [row("chance", 1 / 3), row("leave_one_out", 0.7), row("oracle", 0.75)]
    return lines + [row("accuracy_judgement", value, f"base {layer}") for layer, value in estimates.items()]


def test_runs_that_differ_in_the_layer_alone_are_one_curve() -> None:
    others = [
        model("prosody", "prosody"), model("base last", layer=-1), model("base L3 bfloat16", layer=3, precision="b"),
        model("large L1", layer=1, digest="other"), model("large L2", layer=2, digest="other"),
        model("odd", "odd", layer="L1"), model("odd 2", "odd", layer="L2"),
    ]  # fmt: skip
    found = layers_of([*WAVLM, *others])
    assert [(group.name, [layer for layer, _ in group.members]) for group in found] == [
        ("base", [0, 9, 12]),
        ("large", [1, 2]),
    ]


def test_curves_that_would_be_called_the_same_are_told_apart() -> None:
    twice = [model(f"base L{layer}", layer=layer, digest=digest) for digest in "ab" for layer in (1, 2)]
    assert [group.name for group in layers_of(twice)] == ["base", "base (2)"]


def test_a_figure_says_its_best_layer_and_no_more_than_its_intervals() -> None:
    (figure,) = layer_figures(rows(L0=0.4, L9=0.62, L12=0.5), WAVLM)
    assert figure.claim == (
        "prosodic · odd: of the layers of base, layer 9 is highest (0.62 [0.58, 0.66]), clearly above layer 0 (0.40)"
    )
    assert "base: layer 0 0.40 [0.36, 0.44], layer 9 0.62 [0.58, 0.66], layer 12 0.50" in figure.description
    assert "leave-one-out 0.70 [0.66, 0.74]" in figure.description
    assert figure.draw is not None
    svg = figure.draw("figure1")
    assert svg == figure.draw("figure1")
    for words in ("layer", "chance 0.33", "leave-one-out 0.70", "oracle 0.75", "base"):
        assert f">{words}</text>" in svg
    (flat,) = layer_figures(rows(L0=0.6, L9=0.62, L12=None), WAVLM)
    assert flat.claim.endswith("the intervals of all layers overlap")


@pytest.mark.parametrize("given", [{}, {"L0": None, "L9": None, "L12": None}, {"L0": 0.5, "L9": 0.6}])
def test_no_figure_where_a_layer_was_not_compared(given: dict[str, float | None]) -> None:
    assert layer_figures(rows(**given), WAVLM) == []


def test_the_table_says_which_layer_is_best_and_what_the_choice_is_worth() -> None:
    made = rows(L0=0.4, L9=0.62, L12=0.5)
    honest = replace(row("accuracy_best_layer", 0.58), model="base")
    said = best_layers([*made, honest], WAVLM, QUESTION)
    assert said.startswith(
        "Of 3 layers of base, layer 9 agrees most (0.62 [0.58, 0.66]); chosen on other triads: 0.58 [0.54, 0.62]. "
    )
    assert "looks better than it is" in said
    assert best_layers(made, [], QUESTION) == ""
    assert best_layers(made, WAVLM, QUESTION, SUITABILITY) == ""
    rated = [replace(one, measure=MEASURES.get(one.measure, "")) for one in made]
    said = best_layers(rated, WAVLM, QUESTION, SUITABILITY)
    assert said.startswith("Of 3 layers of base, layer 9 agrees most (0.62 [0.58, 0.66]). The best of several layers")
    assert layer_figures(rated, WAVLM)[0].claim.startswith("prosodic · odd: of the layers of base, layer 9 is highest")
    assert [one.name for one in without_worse_layers(made, [*WAVLM, model("prosody", "prosody")])] == [
        "base L9",
        "prosody",
    ]


@pytest.mark.django_db
def test_layers_are_in_the_files_of_an_export(answered: Callable[..., Built], corpus: Corpus, tmp_path: Path) -> None:
    for layer in (0, 6):
        run = add_run(corpus, f"wavlm L{layer}", seed=layer)
        EmbeddingRun.objects.filter(pk=run.pk).update(settings={"layer": layer, "pooling": "mean"})
    done = export_agreement(study_slug=answered(n_people=4, n_trials=8).slug, output=tmp_path / "out", n_resamples=50)
    agreement = (tmp_path / "out" / "agreement.csv").read_text()
    assert agreement.count("accuracy_best_layer,wavlm,included,") == 1
    assert agreement.count("accuracy_best_layer,wavlm,all answers,") == 1
    assert done.models == ("wavlm L0", "wavlm L6")
    assert "of the layers of wavlm, layer" in (tmp_path / "out" / "figures" / "figure3.svg").read_text()
    assert "chosen on other triads" in (tmp_path / "out" / "tables" / "model-1.tex").read_text()
    assert "Of wavlm, layers 0, 6 were compared" in (tmp_path / "out" / "methods.md").read_text()
