"""The researcher's pages: who may see them, what they show, and that they do not grow slower with the study."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analysis.enums import Population
from analysis.models import AgreementSnapshot
from analysis.services.predict import predict_version
from analysis.services.snapshots import refresh_agreement
from annotations.enums import ParticipantKind, Stage
from annotations.models import Participant, Study
from corpus.models import Corpus
from modeling.enums import RunState
from modeling.models import EmbeddingRun
from tests.analysis.rows import Built, add_participant, add_run, answer, make_study

pytestmark = pytest.mark.data_layer
PAGES = ["", "demo/", "demo/state/", "demo/runs/", "demo/agreement/", "demo/agreement.svg", "demo/files/responses.csv"]


@pytest.fixture
def researcher(db: None, client: Client) -> Client:
    client.force_login(User.objects.create_user("researcher", is_staff=True))
    return client


def page(client: Client, address: str = "demo/") -> str:
    answer_ = client.get(f"/researcher/{address}")
    assert answer_.status_code == 200
    return answer_.content.decode()


def text_of(html: str) -> str:
    """The words of a page, with one blank between them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("address", PAGES)
def test_nobody_but_staff_sees_anything(study: Built, client: Client, address: str) -> None:
    unknown = client.get(f"/researcher/{address}")
    assert unknown.status_code in (302, 403)
    assert "demo" not in unknown.content.decode()
    client.force_login(User.objects.create_user("visitor"))
    refused = client.get(f"/researcher/{address}")
    assert refused.status_code == 403
    assert "Short answers" not in refused.content.decode()


@pytest.mark.parametrize("address", ["demo/embed/", "demo/refresh/"])
def test_nobody_but_staff_starts_anything(study: Built, client: Client, address: str) -> None:
    client.force_login(User.objects.create_user("visitor"))
    assert client.post(f"/researcher/{address}", {"encoder": "spectral"}).status_code == 403
    assert EmbeddingRun.objects.count() == 0


def test_only_a_post_starts_anything(study: Built, researcher: Client) -> None:
    assert researcher.get("/researcher/demo/embed/").status_code == 405
    assert researcher.get("/researcher/demo/refresh/").status_code == 405


def test_an_unknown_study_has_no_page(study: Built, researcher: Client) -> None:
    for address in ("nosuch/", "nosuch/state/", "nosuch/agreement.svg", "demo/files/nosuch.csv"):
        assert researcher.get(f"/researcher/{address}").status_code == 404


def test_an_empty_study_says_what_comes_next(study: Built, researcher: Client) -> None:
    text = text_of(page(researcher))
    assert "Nobody has come yet" in text
    assert "No answers yet" in text
    assert "No model has embedded these sounds yet" in text
    assert "0 of 100" in text
    assert "There is no study yet" not in text_of(page(researcher, ""))
    assert researcher.get("/researcher/demo/agreement.svg").status_code == 404


def test_without_a_study_the_list_says_how_to_make_one(researcher: Client) -> None:
    assert "manage.py load_study" in page(researcher, "")


def test_it_shows_participants_by_stage_and_answers_of_planned(
    answered: Callable[..., Built], researcher: Client
) -> None:
    study = answered(n_people=3, n_trials=4)
    add_participant(study, "new", stage=Stage.ARRIVED)
    Participant.objects.filter(key="p02").update(excluded=True)
    text = text_of(page(researcher))
    assert "1 arrived" in text
    assert "3 done" in text
    assert "1 excluded" in text
    assert "8 of 100" in text
    assert 'title="t000 (mhm): 2 of 5"' in page(researcher)


def test_the_pace_says_how_many_days_are_left(answered: Callable[..., Built], researcher: Client) -> None:
    study = answered(n_people=4, n_trials=5)
    first = timezone.now() - timedelta(days=2)
    study.version.participants.get(key="p00").assignments.first().response.__class__.objects.update(answered_at=first)
    assert "8 at the pace so far" in text_of(page(researcher))


def test_people_and_simulated_listeners_are_on_pages_of_their_own(study: Built, researcher: Client) -> None:
    answer(study, add_participant(study, "person"), "t000", {"odd": 0})
    robot = add_participant(study, "robot", kind=ParticipantKind.SIMULATED)
    for key in ("t000", "t001"):
        answer(study, robot, key, {"odd": 0})
    people, simulated = page(researcher), page(researcher, "demo/?population=simulated")
    assert "1 of 100" in text_of(people)
    assert "simulated listeners, not people" not in people
    assert 'title="t001 (yeah): 0 of 5"' in people
    assert "simulated listeners, not people" in simulated
    assert 'title="t001 (yeah): 1"' in simulated
    for population, keys in (("people", {"person"}), ("simulated", {"robot"})):
        text = page(researcher, f"demo/files/responses.csv?population={population}")
        assert {line.split(",")[0] for line in text.splitlines()[1:]} == keys
    assert "Nothing below says" not in page(researcher, "demo/?population=nosuch")


def test_figures_come_from_the_latest_snapshot(
    answered: Callable[..., Built], corpus: Corpus, researcher: Client
) -> None:
    add_run(corpus)
    study = answered(n_people=4, n_trials=10)
    assert "figures have not been computed" in page(researcher)
    snapshot = refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=100)
    html = page(researcher)
    accuracy = next(row for row in snapshot.figures if row["measure"] == "accuracy_judgement")
    assert f"spectral {accuracy['estimate']:.2f} [{accuracy['low']:.2f}, {accuracy['high']:.2f}]" in html
    assert "There are newer answers" not in html
    picture = researcher.get("/researcher/demo/agreement.svg")
    assert picture["Content-Type"].startswith("image/svg+xml")
    allowed = picture["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in allowed
    assert "style-src 'unsafe-inline'" in allowed
    assert picture.content.decode() == snapshot.picture
    rows = page(researcher, "demo/files/agreement.csv").splitlines()
    assert len(rows) == 1 + len(snapshot.figures)


def test_a_stale_page_asks_for_new_figures_by_itself_and_a_current_one_does_not(
    answered: Callable[..., Built], researcher: Client
) -> None:
    study = answered(n_people=2)
    assert 'hx-trigger="submit, load"' in page(researcher)
    refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=20)
    assert "hx-trigger" not in page(researcher)
    answer(study, add_participant(study, "late"), "t000", {"odd": 0})
    assert "There are newer answers" in page(researcher)
    assert 'hx-trigger="submit"' in page(researcher)
    AgreementSnapshot.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert 'hx-trigger="submit, load"' in page(researcher)


def test_a_snapshot_is_made_once_for_the_same_answers(answered: Callable[..., Built]) -> None:
    study = answered(n_people=2)
    one, two = (refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=20) for _ in range(2))
    assert one.pk == two.pk
    Participant.objects.filter(key="p00").update(excluded=True)
    assert refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=20).pk != one.pk
    assert one.n_judgements == 12
    other = refresh_agreement(version_pk=study.version.pk, population=Population.SIMULATED, n_resamples=20)
    assert (other.population, other.n_judgements) == ("simulated", 0)


def test_a_run_that_finishes_makes_figures_stale(
    answered: Callable[..., Built], corpus: Corpus, researcher: Client
) -> None:
    study = answered(n_people=2)
    refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=20)
    add_run(corpus)
    assert "There are newer answers or predictions" in page(researcher)
    snapshot = refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=20)
    assert {row["model"] for row in snapshot.figures} == {"", "spectral"}
    assert "There are newer answers or predictions" not in page(researcher)


def test_answers_to_an_earlier_version_are_told_of(study: Built, researcher: Client) -> None:
    answer(study, add_participant(study, "p"), "t000", {"odd": 0})
    version = study.version
    version.pk, version.number, version.digest = None, 2, "second"
    version.save()
    text = text_of(page(researcher))
    assert "Version 1 has 1 answers of its own" in text
    assert "demo, version 2" in text


def test_waiting_for_figures_ends_when_they_come_or_after_a_while(
    answered: Callable[..., Built], researcher: Client
) -> None:
    study = answered(n_people=2)
    now, long_ago = timezone.now(), timezone.now() - timedelta(minutes=3)
    waiting = researcher.get("/researcher/demo/agreement/", {"asked_at": now.isoformat()}).content.decode()
    assert "being computed" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    late = researcher.get("/researcher/demo/agreement/", {"asked_at": long_ago.isoformat()}).content.decode()
    assert "Is a worker running" in late
    assert "every 2s" not in late
    refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=20)
    done = researcher.get("/researcher/demo/agreement/", {"asked_at": now.isoformat()}).content.decode()
    assert "being computed" not in done
    assert "every 2s" not in done
    assert researcher.get("/researcher/demo/agreement/", {"asked_at": "rubbish"}).status_code == 200


def test_runs_show_progress_reasons_and_a_missing_worker(study: Built, corpus: Corpus, researcher: Client) -> None:
    going = add_run(corpus, "spectral", state=RunState.RUNNING)
    EmbeddingRun.objects.filter(pk=going.pk).update(done=7)
    failed = add_run(corpus, "wavlm", state=RunState.FAILED)
    advice = {"reason": "The weights cannot be had.", "advice": "Give a folder."}
    EmbeddingRun.objects.filter(pk=failed.pk).update(**advice)
    waiting = add_run(corpus, "prosody", state=RunState.QUEUED)
    html = page(researcher, "demo/runs/")
    assert '<progress max="15" value="7"' in html
    assert "The weights cannot be had. Give a folder." in html
    assert 'hx-trigger="every 2s"' in html
    assert "No worker is at it" not in html
    EmbeddingRun.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    assert "No worker is at it" in page(researcher, "demo/runs/")
    EmbeddingRun.objects.filter(pk__in=(going.pk, waiting.pk)).update(state=RunState.FINISHED)
    assert "every 2s" not in page(researcher, "demo/runs/")


def test_without_a_queue_the_button_says_so_and_the_run_waits(study: Built, researcher: Client) -> None:
    html = researcher.post("/researcher/demo/embed/", {"encoder": "spectral"}, follow=True).content.decode()
    assert "The queue cannot be reached" in html
    assert EmbeddingRun.objects.get().state == RunState.QUEUED
    assert "no such encoder" in researcher.post(
        "/researcher/demo/embed/", {"encoder": "nosuch"}, follow=True
    ).content.decode()  # fmt: skip
    assert EmbeddingRun.objects.count() == 1


def test_without_a_queue_refreshing_says_so(answered: Callable[..., Built], researcher: Client) -> None:
    answered(n_people=2)
    part = researcher.post("/researcher/demo/refresh/", headers={"HX-Request": "true"}).content.decode()
    assert "The queue cannot be reached" in part
    assert "load" not in re.findall(r'hx-trigger="([^"]*)"', part)[0]
    whole = researcher.post("/researcher/demo/refresh/", follow=True).content.decode()
    assert "The queue cannot be reached" in whole


def test_programs_can_ask_how_a_study_stands(
    answered: Callable[..., Built], corpus: Corpus, researcher: Client
) -> None:
    add_run(corpus)
    answered(n_people=2, n_trials=3)
    state = researcher.get("/researcher/demo/state/").json()
    assert (state["study"], state["version"], state["state"]) == ("demo", 1, "live")
    people = {
        "population": "people",
        "stages": [{"stage": "done", "count": 2}],
        "excluded": 0,
        "answers": 6,
        "planned": 100,
    }
    assert state["populations"][0] == people
    assert [(run["model"], run["done"], run["total"]) for run in state["runs"]] == [("spectral", 15, 15)]


def queries(client: Client, address: str) -> int:
    """How many queries a page takes once the session has its form token."""
    page(client, address)
    with CaptureQueriesContext(connection) as captured:
        page(client, address)
    return len(captured)


@pytest.mark.parametrize(
    ("address", "most"), [("demo/", 16), ("demo/?population=simulated", 16), ("demo/state/", 14), ("demo/runs/", 6)]
)
def test_the_page_of_a_large_study_takes_no_more_queries(
    answered: Callable[..., Built], corpus: Corpus, researcher: Client, address: str, most: int
) -> None:
    study = answered(n_people=1, n_trials=1)
    add_run(corpus)
    few = queries(researcher, address)
    for number in range(100):
        add_run(corpus, f"wavlm {number}")
        answer(study, add_participant(study, f"x{number}"), "t001", {"odd": 0})
    assert queries(researcher, address) == few <= most


def test_the_list_of_many_studies_takes_no_more_queries(corpus: Corpus, researcher: Client) -> None:
    make_study(corpus, "one", n_triads=1)
    few = queries(researcher, "")
    Study.objects.bulk_create(Study(slug=f"s{number}") for number in range(100))
    for number in range(5):
        make_study(corpus, f"made{number}", n_triads=1)
    assert queries(researcher, "") == few <= 6


@pytest.mark.parametrize("model", ["prediction", "agreementsnapshot"])
def test_admin_lists_are_read_only_and_take_no_more_queries_for_more_rows(
    answered: Callable[..., Built], corpus: Corpus, client: Client, django_assert_max_num_queries: Any, model: str
) -> None:
    client.force_login(User.objects.create_superuser("boss"))
    study = answered(n_people=2, n_trials=3)
    add_run(corpus)
    predict_version(version_pk=study.version.pk)
    for excluded in (True, False):
        Participant.objects.filter(key="p00").update(excluded=excluded)
        refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=20)
    address = f"/admin/analysis/{model}/"
    with django_assert_max_num_queries(16):
        listed = client.get(address, {"q": "t000" if model == "prediction" else "demo"})
    assert listed.status_code == 200
    assert client.get(f"{address}add/").status_code == 403
    first = re.search(rf"{address}(\d+)/change/", client.get(address).content.decode())
    assert first is not None
    change = client.get(f"{address}{first[1]}/change/")
    assert change.status_code == 200
    assert 'name="_save"' not in change.content.decode()
