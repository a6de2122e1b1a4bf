"""Listeners one by one: their figures, what excluding would change, and where both are shown."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analysis.enums import Population
from analysis.listeners.compute import listener_figures
from analysis.listeners.quality import COLUMNS
from analysis.listeners.what_if import COLUMNS as WHAT_IF
from analysis.models import AgreementSnapshot
from analysis.queries.answers import answers_of
from analysis.queries.plan import plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.services.export import export_agreement
from analysis.services.predict import predict_version
from analysis.services.snapshots import refresh_agreement, store_snapshot
from annotations.enums import ParticipantKind
from annotations.models import Assignment, Participant
from annotations.services.erasure import erase_participant, withdraw
from corpus.models import Corpus
from tests.analysis.rows import Built, add_participant, add_run, add_trial, answer, make_study

pytestmark = pytest.mark.data_layer
QUICK = {"rule": "median_rt_below_ms", "value": 1000}


def tables(study: Built) -> dict[str, list[dict[str, str]]]:
    """listeners.csv and exclusions.csv as they are written, by name."""
    version = study.version
    predict_version(version_pk=version.pk)
    answers = answers_of(plan_of(version), Population.PEOPLE)
    shown = models_shown(version.corpus_id, corpus_digest=version.corpus_digest)
    figures = listener_figures(version, answers, predictions_of(shown, answers.plan), n_resamples=50, seed=0)
    return {table.name: rows_of(table.text) for table in figures.tables}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def with_repeats(study: Built, keys: Sequence[str]) -> None:
    """Trials that repeat others with their clips in other slots: slot s there is slot s − 1 here."""
    for key in keys:
        trial = study.trials[key]
        clips = [clip.stimulus for clip in trial.clips.order_by("slot")]
        shifted = [*clips[1:], clips[0]]
        add_trial(study, f"{key}again", trial.task, shifted, check_kind="repeat", planned=0, attributes={"of": key})


@pytest.fixture
def listening(corpus: Corpus) -> Built:
    """Twenty triads and four repeats; p0 to p5 mostly hear the same, p6 always presses the first button, very soon."""
    study = make_study(corpus)
    ordinary = list(study.trials)
    with_repeats(study, ordinary[:4])
    study.version.definition["exclude"] = [QUICK]
    study.version.save()
    rng = np.random.default_rng(2)
    for person in range(6):
        listener = add_participant(study, f"p{person}")
        chosen = {key: at % 3 if rng.random() < 0.85 else int(rng.integers(3)) for at, key in enumerate(ordinary)}
        for key in ordinary:
            answer(study, listener, key, {"odd": chosen[key]}, rt_ms=4000.0)
        for key in ordinary[:4]:
            answer(study, listener, f"{key}again", {"odd": (chosen[key] - 1) % 3}, rt_ms=3000.0)
    careless = add_participant(study, "p6")
    for key in study.trials:
        # Pages show the slots in the order 2, 0, 1 (rows.py): the first button is slot 2.
        answer(study, careless, key, {"odd": 2}, rt_ms=700.0)
    return study


def test_a_row_says_how_each_listens(listening: Built) -> None:
    rows = tables(listening)["listeners.csv"]
    by_key = {row["participant"]: row for row in rows}
    assert list(rows[0]) == list(COLUMNS)
    assert list(by_key) == [f"p{person}" for person in range(7)]
    first, careless = by_key["p0"], by_key["p6"]
    assert (first["n_pages"], first["n_triads"], first["n_repeats"], first["repeats_same"]) == ("24", "20", "4", "1")
    assert float(first["repeats_p"]) == pytest.approx(1 / 81)
    assert float(first["agreement"]) > 0.6
    assert float(first["competence_low"]) > 1 / 3
    assert float(first["rt_median_ms"]) == 4000
    assert (careless["modal_position"], careless["repeats_same"], careless["rt_below_hearing"]) == ("1", "0", "1")
    assert float(careless["agreement_p"]) > 0.05
    assert float(careless["competence_low"]) < 1 / 3
    assert "rating_correlation: no judgements" in first["undefined"]


def test_what_excluding_would_change_is_what_excluding_changes(
    listening: Built, corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus, "spectral")
    effects = [row for row in tables(listening)["exclusions.csv"] if row["rule"] == "median_rt_below_ms: 1000"]
    assert list(effects[0]) == list(WHAT_IF)
    assert {(row["source"], row["circular"], row["n_listeners_out"], row["n_pages_out"]) for row in effects} == {
        ("rule of the study", "0", "1", "24")
    }
    assert not Participant.objects.filter(excluded=True).exists()

    Participant.objects.filter(key="p6").update(excluded=True, exclusion="too quick")
    export_agreement(study_slug="demo", output=tmp_path / "out", n_resamples=20)
    after = rows_of((tmp_path / "out" / "agreement.csv").read_text())
    included = {(row["measure"], row["model"], row["stratum"]): row for row in after if row["subset"] == "included"}
    everyone = {(row["measure"], row["model"], row["stratum"]): row for row in after if row["subset"] == "all answers"}
    measures = {"leave_one_out", "fleiss_kappa", "krippendorff_alpha_nominal", "accuracy_judgement"}
    assert {row["measure"] for row in effects} == measures
    for row in effects:
        name = (row["measure"], row["model"], row["stratum"])
        assert float(row["without"]) == pytest.approx(float(included[name]["estimate"]), abs=1e-12)
        assert float(row["everyone"]) == pytest.approx(float(everyone[name]["estimate"]), abs=1e-12)
        assert float(row["difference"]) == pytest.approx(float(row["without"]) - float(row["everyone"]), abs=1e-12)
        assert float(row["low"]) <= float(row["difference"]) <= float(row["high"])
        assert (row["n_judgements"], row["n_judgements_out"]) == ("140", "20")


def test_rules_know_whether_they_look_at_agreement(listening: Built) -> None:
    Participant.objects.filter(key="p1").update(excluded=True, exclusion="=1+1")
    found = tables(listening)
    told = {row["rule"]: (row["circular"], row["n_listeners_out"]) for row in found["exclusions.csv"]}
    assert told == {
        "Excluded now, by rules or by hand": ("", "1"),
        "median_rt_below_ms: 1000": ("0", "1"),
        "Competence: interval reaches guessing and ends below the median, of 10 triads or more": ("1", "1"),
        "Repeats: no more alike than guessing, of 3 or more": ("0", "1"),
        "Response times: more than 20 % too early to have heard every sound": ("0", "1"),
    }
    assert next(row for row in found["listeners.csv"] if row["participant"] == "p1")["exclusion"] == "'=1+1"


def test_nobodys_figures_change_with_who_is_excluded(listening: Built) -> None:
    before = tables(listening)["listeners.csv"]
    Participant.objects.filter(key="p0").update(excluded=True, exclusion="by hand")
    after = tables(listening)["listeners.csv"]
    marks = {"included", "exclusion"}
    assert [{k: v for k, v in row.items() if k not in marks} for row in before] == [
        {k: v for k, v in row.items() if k not in marks} for row in after
    ]


def test_ratings_have_figures_of_their_own(corpus: Corpus) -> None:
    study = make_study(corpus, tasks=("contextual",))
    with_repeats(study, list(study.trials))
    ratings = {"c000": [1, 3, 5], "c001": [2, 5, 1], "c002": [4, 1, 2]}
    for person in range(4):
        listener = add_participant(study, f"p{person}")
        for key, given in ratings.items():
            answer(study, listener, key, {"suitability": given if person < 3 else given[::-1], "similar": 0})
            again = [*given[1:], given[0]]
            answer(study, listener, f"{key}again", {"suitability": again, "similar": 2})
    found = tables(study)
    first, contrary = found["listeners.csv"][0], found["listeners.csv"][3]
    own = np.array([*ratings.values()])
    others = (2 * own + own[:, ::-1]) / 3
    assert float(first["rating_correlation"]) == pytest.approx(np.corrcoef(own.ravel(), others.ravel())[0, 1])
    contrarily = np.corrcoef(own[:, ::-1].ravel(), own.ravel())[0, 1]
    assert float(contrary["rating_correlation"]) == pytest.approx(contrarily)
    assert (first["n_repeated_ratings"], first["repeats_difference"]) == ("9", "0")
    assert float(first["repeats_difference_guessing"]) > 0.3
    assert float(contrary["repeats_difference"]) > 0.3
    assert float(first["rating_endpoints"]) == pytest.approx(5 / 9)
    assert {row["measure"] for row in found["exclusions.csv"]} >= {"krippendorff_alpha_interval", "leave_one_out"}


def only_ratings(study: Built) -> None:
    for person in range(3):
        listener = add_participant(study, f"p{person}")
        for key in ("c000", "c001"):
            answer(study, listener, key, {"suitability": [1, 2, person + 1]})


def triads(n_people: int, n_trials: int, choose: int | None = None) -> Callable[[Built], None]:
    def give(study: Built) -> None:
        for person in range(n_people):
            listener = add_participant(study, f"p{person}")
            for at in range(n_trials):
                slot = (person + at) % 3 if choose is None else choose
                answer(study, listener, f"t{at:03d}", {"odd": slot}, rt_ms=None)

    return give


@pytest.mark.parametrize(
    ("tasks", "fill", "said"),
    [
        (("prosodic",), triads(0, 0), "No answers yet"),
        (("prosodic",), triads(1, 5), "nobody else judged the same trials"),
        (("prosodic",), triads(3, 1), "Competence"),
        (("prosodic",), triads(3, 6, choose=1), "all values equal"),
        (("contextual",), only_ratings, "Correlation of ratings"),
    ],
    ids=["no judgements", "one listener", "one trial each", "all equal", "only ratings"],
)
def test_little_or_odd_data_have_a_page_and_named_reasons(
    corpus: Corpus, tasks: Sequence[str], fill: Callable[[Built], None], said: str, researcher: Client
) -> None:
    study = make_study(corpus, tasks=tasks)
    fill(study)
    refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=20)
    assert said in page(researcher)
    for row in rows_of(researcher.get("/researcher/demo/files/listeners.csv").content.decode()):
        assert "repeats_same: no trial was answered twice" in row["undefined"]
        missing = {name for name in COLUMNS if not row[name]} - {"exclusion", "undefined"}
        beside = {"agreement_guessing", "agreement_p", "competence_low", "competence_high"}
        beside |= {"repeats_guessing", "repeats_p", "repeats_difference_guessing"}
        assert missing - beside == {part.split(": ")[0] for part in row["undefined"].split("; ")}
        assert "nan" not in {cell.lower() for cell in row.values()}


@pytest.fixture
def researcher(db: None, client: Client) -> Client:
    client.force_login(User.objects.create_user("researcher", is_staff=True))
    return client


def page(client: Client, query: str = "") -> str:
    answered = client.get(f"/researcher/demo/listeners/{query}")
    assert answered.status_code == 200
    return re.sub(r"\s+", " ", answered.content.decode())


def test_the_page_shows_a_picture_and_tables_of_the_latest_snapshot(listening: Built, researcher: Client) -> None:
    assert "figures have not been computed" in page(researcher)
    Participant.objects.filter(key="p1").update(excluded=True, exclusion="by hand")
    refresh_agreement(version_pk=listening.version.pk, population="people", n_resamples=20)
    html = page(researcher)
    assert "newer answers" not in html
    assert (html.count("<circle r="), html.count('<path class="out"')) == (6, 1)
    assert 'aria-label="7 listeners: ' in html
    assert "Circular: it looks at agreement with others" in html
    assert "1 of 7 listeners would go, with 24 of 168 pages." in html
    assert "Listeners one by one" in researcher.get("/researcher/demo/").content.decode()
    listed = researcher.get("/researcher/demo/files/listeners.csv").content.decode().splitlines()
    assert len(listed) == 8
    assert researcher.get("/researcher/demo/files/exclusions.csv").content.decode().startswith("rule,")
    answer(listening, add_participant(listening, "late"), "t000", {"odd": 0})
    assert "newer answers" in page(researcher)


def test_a_snapshot_of_earlier_code_is_computed_anew(listening: Built, researcher: Client) -> None:
    snapshot = refresh_agreement(version_pk=listening.version.pk, population="people", n_resamples=20)
    del snapshot.settings["listeners"]
    snapshot.save()
    assert "figures have not been computed" in page(researcher)
    assert refresh_agreement(version_pk=listening.version.pk, population="people", n_resamples=20).pk != snapshot.pk


def test_simulated_listeners_are_shown_as_such_and_never_among_people(listening: Built, researcher: Client) -> None:
    for key in ("robot0", "robot1"):
        robot = add_participant(listening, key, kind=ParticipantKind.SIMULATED)
        for trial in ("t000", "t001"):
            answer(listening, robot, trial, {"odd": 0})
    for population in ("people", "simulated"):
        refresh_agreement(version_pk=listening.version.pk, population=population, n_resamples=20)
    people, simulated = page(researcher), page(researcher, "?population=simulated")
    assert "robot" not in people
    assert "simulated listeners, not people" not in people
    assert "simulated listeners, not people" in simulated
    assert '<th scope="row">robot0</th>' in simulated
    assert '<th scope="row">p0</th>' not in simulated


def test_nobody_but_staff_sees_the_page(listening: Built, client: Client) -> None:
    assert client.get("/researcher/demo/listeners/").status_code == 302
    client.force_login(User.objects.create_user("visitor"))
    refused = client.get("/researcher/demo/listeners/")
    assert refused.status_code == 403
    assert "p0" not in refused.content.decode()
    assert client.get("/researcher/nosuch/listeners/").status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_listeners(study: Built, researcher: Client) -> None:
    def queries() -> int:
        refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=10)
        page(researcher)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert "t-listener" in page(researcher)
        return len(captured)

    counts = []
    for last in (1, 100):
        for number in range(Participant.objects.count(), last):
            answer(study, add_participant(study, f"t-listener{number}"), "t000", {"odd": number % 3})
        counts.append(queries())
    assert counts[0] == counts[1] < 15


@pytest.mark.parametrize("leave", [erase_participant, withdraw])
def test_who_is_erased_or_withdraws_is_forgotten_by_every_snapshot(
    listening: Built, researcher: Client, leave: Callable[..., object]
) -> None:
    refresh_agreement(version_pk=listening.version.pk, population="people", n_resamples=10)
    assert '<th scope="row">p3</th>' in page(researcher)
    Assignment.objects.update(counts=False)  # these rows were never given out, and give nothing back
    leave(participant=Participant.objects.get(key="p3"))
    assert '<th scope="row">p3</th>' not in page(researcher)
    stored = AgreementSnapshot.objects.get().settings["listeners"]["qualities"]
    assert [one["participant"] for one in stored] == ["p0", "p1", "p2", "p4", "p5", "p6"]


def test_who_is_erased_while_figures_are_computed_is_not_stored(listening: Built) -> None:
    version = listening.version
    figures = listener_figures(version, answers_of(plan_of(version), Population.PEOPLE), [], n_resamples=5, seed=0)
    Assignment.objects.update(counts=False)
    erase_participant(participant=Participant.objects.get(key="p3"))
    about = {"version": version, "population": Population.PEOPLE, "responses_digest": "", "n_judgements": 0}
    stored = store_snapshot(listeners=figures, settings={}, figures=[], picture="", **about)
    assert "p3" in {one.participant for one in figures.qualities}
    assert "p3" not in {one["participant"] for one in stored.settings["listeners"]["qualities"]}


def test_the_report_has_a_section_on_listeners(listening: Built, tmp_path: Path) -> None:
    export_agreement(study_slug="demo", output=tmp_path / "out", n_resamples=20)
    html = (tmp_path / "out" / "report.html").read_text()
    assert "<h2>Listeners one by one</h2>" in html
    assert "Competence and agreement with the others, beside what guessing gives</h3>" in html
    assert "7 listeners: agreement with the others from" in html
    assert "Excluding who disagrees makes agreement look better than it is" in html
    assert "<strong>median_rt_below_ms: 1000</strong> (rule of the study). 1 of 7 listeners would go" in html
