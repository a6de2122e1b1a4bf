"""The report: numbers no sharper than they are known, looks that stay, figures that are the same twice."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis.agreement.row import INCLUDED, Row
from analysis.report import drawing
from analysis.report.looks import look_of
from analysis.report.numbers import p_value, plain, with_interval
from analysis.report.panels import SUITABILITY, TRIADS, panels, readable, strata_panels
from analysis.report.tables import stratum_tables
from analysis.services.export import export_agreement
from annotations.models import Participant
from corpus.models import Corpus
from tests.analysis.rows import Built, add_run

QUESTION = "task=prosodic;question=odd"
ENCODERS = {"prosody": "prosody", "wavlm L6": "wavlm"}


def row(measure: str, estimate: float | None, model: str = "", **other: object) -> Row:
    """A row with an interval of ± .04, unless told otherwise."""
    given = {
        "measure": measure, "model": model, "subset": INCLUDED, "stratum": QUESTION, "n_trials": 40,
        "n_judgements": 200, "estimate": estimate, "low": None, "high": None, "method": "", "reason": "",
    }  # fmt: skip
    ends = {} if estimate is None else {"low": estimate - 0.04, "high": estimate + 0.04}
    return Row(**(given | ends | other))  # type: ignore[arg-type]


def rows() -> list[Row]:
    return [
        row("chance", 1 / 3, low=None, high=None),
        row("leave_one_out", 0.61),
        row("oracle", 0.62),
        row("accuracy_judgement", 0.58, "prosody"),
        row("accuracy_judgement", None, "wavlm L6", reason="the model covers none of the judged trials"),
    ]


def test_numbers_have_the_digits_they_are_known_to() -> None:
    assert with_interval(row("oracle", 0.7041)) == "0.70 [0.66, 0.74]"
    assert with_interval(row("oracle", 0.7041, low=0.7021, high=0.7061)) == "0.704 [0.702, 0.706]"
    assert with_interval(row("oracle", 0.7041, low=None, high=None)) == "0.70"
    assert with_interval(row("oracle", None, reason="no judgements")) == "undefined: no judgements"
    assert (plain(-0.5), plain(-0.001), plain(None)) == ("−0.50", "0.00", "–")
    assert (p_value(0.0004), p_value(0.041), p_value(None)) == ("< 0.001", "0.041", "–")


def test_an_encoder_keeps_its_look_whatever_else_is_shown() -> None:
    assert look_of("wavlm") == look_of("wavlm")
    assert len({look_of(name).colour for name in ("wavlm", "spectral", "prosody")}) == 3
    assert len({look_of(name).marker for name in ("wavlm", "spectral", "prosody")}) == 3
    assert look_of("something new") == look_of("something new")


def test_a_panel_holds_models_against_chance_and_ceilings() -> None:
    (panel,) = panels(rows(), TRIADS, ENCODERS, subset=INCLUDED)
    assert [dot.label for dot in panel.dots] == ["prosody", "wavlm L6"]
    assert [line.name for line in panel.lines] == ["chance", "leave-one-out", "oracle"]
    assert panel.description == (
        "prosodic · odd: prosody 0.58 [0.54, 0.62]; wavlm L6 undefined: the model covers none of the judged trials; "
        "chance 0.33; leave-one-out 0.61; oracle 0.62."
    )
    assert panels(rows(), SUITABILITY, ENCODERS, subset=INCLUDED) == []
    assert panels(rows(), TRIADS, ENCODERS, subset="all answers") == []


def test_strata_too_small_to_say_anything_are_left_out() -> None:
    whole, parts = rows(), []
    for name, n_trials in (("mhm", 3), ("yeah", 12), ("oh", 2)):
        stratum = f"{QUESTION};stratum={name}"
        parts += [row("leave_one_out", 0.6, stratum=stratum, n_trials=n_trials)]
        parts += [row("accuracy_judgement", 0.5, "prosody", stratum=stratum)]
    (panel,) = strata_panels(whole + parts, ENCODERS, subset=INCLUDED)
    assert [name for name, _, _ in panel.strata] == ["mhm", "yeah"]
    assert strata_panels(whole + parts[:2], ENCODERS, subset=INCLUDED) == []
    assert readable(f"{QUESTION};stratum=mhm") == "prosodic · odd · mhm"


def test_the_table_of_words_is_sorted_and_names_those_too_small() -> None:
    parts = []
    for name, n_trials, reached in (("yeah", 12, 0.5), ("mhm", 3, 0.6), ("oh", 2, 0.9), ("ah", 1, None)):
        stratum = f"{QUESTION};stratum={name}"
        parts += [row("leave_one_out", 0.7, stratum=stratum, n_trials=n_trials, n_judgements=5 * n_trials)]
        parts += [row("oracle", 0.8, stratum=stratum, n_trials=n_trials, n_judgements=5 * n_trials + 1)]
        parts += [
            row("accuracy_judgement", reached, "prosody", stratum=stratum, n_trials=n_trials, n_judgements=n_trials)
        ]
    (table,) = stratum_tables(rows() + parts, ["prosody"])
    assert table.heads == ("Stratum", "Trials", "Judgements", "Leave-one-out", "prosody")
    assert table.rows == (
        ("mhm", "3", "16", "0.70 [0.66, 0.74]", "0.60 [0.56, 0.64]"),
        ("yeah", "12", "61", "0.70 [0.66, 0.74]", "0.50 [0.46, 0.54]"),
    )
    assert table.note == (
        "Too small to be shown (fewer than 3 trials; their figures are in agreement.csv): ah (1), oh (2)."
    )
    assert stratum_tables(rows() + parts[6:], ["prosody"]) == []


def test_the_same_figure_is_the_same_text_and_says_what_it_shows() -> None:
    shown = panels(rows(), TRIADS, ENCODERS, subset=INCLUDED)
    one, two = drawing.dot_plot(shown, name="figure1"), drawing.dot_plot(shown, name="figure1")
    assert one == two
    for words in ("prosody", "0.58 [0.54, 0.62]", "chance 0.33", "the model covers none of the judged trials"):
        assert f">{words}</text>" in one
    assert look_of("prosody").colour.lower() in one
    assert "<dc:date>" not in one


def test_ids_of_two_figures_in_one_page_never_meet() -> None:
    shown = panels(rows(), TRIADS, ENCODERS, subset=INCLUDED)
    ids = [set(re.findall(r'\bid="([^"]+)"', drawing.dot_plot(shown, name=name))) for name in ("figure1", "figure2")]
    assert ids[0]
    assert not ids[0] & ids[1]
    svg = drawing.dot_plot(shown, name="figure1")
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= ids[0]


def test_an_answers_plot_of_nothing_is_a_plot() -> None:
    assert "<svg" in drawing.answers_plot([("prosodic", [0, 0], 5), ("other", [3], None)], name="figure1")


class Outline(HTMLParser):
    """Ids, references, and elements that would fetch something."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.referred: set[str] = set()
        self.fetches: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("aria-labelledby", "aria-describedby"):
                self.referred |= set((value or "").split())
            if name in ("src", "href", "srcset") and not (value or "").startswith("#"):
                self.fetches.append(value or "")


@pytest.mark.data_layer
def test_the_report_stands_alone_and_says_who_was_excluded(
    answered: Callable[..., Built], corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus, "spectral")
    study = answered(n_people=5, n_trials=12)
    Participant.objects.filter(key="p04").update(excluded=True, exclusion="<b>failed</b> attention trials")
    export_agreement(study_slug=study.slug, output=tmp_path / "out", n_resamples=100)
    text = (tmp_path / "out" / "report.html").read_text()
    outline = Outline()
    outline.feed(text)
    assert outline.fetches == []
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.referred <= set(outline.ids)
    assert "<script" not in text
    assert text.count("<svg") >= 2
    assert "excluded: &lt;b&gt;failed&lt;/b&gt; attention trials: 1" in text
    assert "After exclusion" in text
    assert "100 resamples, seed 0" in text
    assert study.version.digest in text


@pytest.mark.data_layer
def test_the_report_claims_no_more_than_its_numbers(study: Built, corpus: Corpus, tmp_path: Path) -> None:
    export_agreement(study_slug=study.slug, output=tmp_path / "empty", n_resamples=20)
    assert "no model has been compared with listeners yet" in (tmp_path / "empty" / "report.html").read_text()
    assert "nan" not in (tmp_path / "empty" / "report.html").read_text().lower()
