"""The volume step: wanted where the study says so, taken once the noise was heard."""

from typing import Any

import pytest
from django.test import Client

from annotations.enums import Stage
from annotations.errors import StepInvalidError
from annotations.models import StepResult, StudyVersion
from annotations.queries.steps import standing_of, step_before
from annotations.steps.volume import STEP
from annotations.study_file.schema import definition_of
from corpus.models import Corpus
from tests.annotations.listening import CONSENT, sha
from tests.annotations.stepping import PAGE, consented, screen, take, volume


def test_it_comes_first_where_the_study_has_it(version: StudyVersion) -> None:
    person = consented(version)
    plain = step_before(person, definition_of(version))
    assert plain is not None
    assert plain.name == "instructions"
    screened = step_before(person, definition_of(screen(version, volume=True, headphones="huggins")))
    assert screened is not None
    assert screened.name == "volume"


def test_its_noise_is_as_loud_as_the_clips(version: StudyVersion) -> None:
    screen(version, volume=True)
    person, definition = consented(version, seed=2**40 + 5), definition_of(version)
    assert STEP.display(standing_of(person, definition, STEP, "en"))["data"]["loudness"] == -23.0
    Corpus.objects.update(loudness_target=-30.0)
    person.version.corpus.refresh_from_db()
    data = STEP.display(standing_of(person, definition, STEP, "en"))["data"]
    assert (data["loudness"], data["seed"]) == (-30.0, 5)


def test_what_was_heard_is_stored(version: StudyVersion) -> None:
    person = take(consented(screen(version, volume=True)), "volume", volume(1.5, 2.25))
    result = StepResult.objects.get()
    assert (result.step, result.settled, result.passed, result.score) == ("volume", True, None, None)
    assert result.data["heard_s"] == 3.75
    assert result.data["n_plays"] == 2
    assert result.data["page"] == PAGE
    assert person.stage == Stage.CONSENTED


def test_sent_twice_it_is_stored_once(version: StudyVersion) -> None:
    person = consented(screen(version, volume=True))
    take(person, "volume", volume(4))
    take(person, "volume", volume(9))
    assert StepResult.objects.get().data["heard_s"] == 4


def test_the_noise_must_be_heard_first(version: StudyVersion) -> None:
    person = consented(screen(version, volume=True))
    with pytest.raises(StepInvalidError) as caught:
        take(person, "volume", volume(1.4, 1.5))
    assert caught.value.faults == {"noise": "Please play the noise for a few seconds first."}
    assert not StepResult.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [
        {},
        [],
        {"plays": [], "page": PAGE, "more": 1},
        {"plays": [{"at_ms": 0, "heard_s": -5}], "page": PAGE},
        {"plays": [{"at_ms": 0, "heard_s": "5"}], "page": PAGE},
        {"plays": [{"at_ms": 0, "heard_s": float("nan")}], "page": PAGE},
        volume(*[0.01] * 1001),
        volume(5) | {"page": PAGE | {"device": {"sample_rate": 0, "channels": 2, "output_latency_ms": None}}},
    ],
)
def test_what_no_page_sends_is_refused(version: StudyVersion, forged: Any) -> None:
    person = consented(screen(version, volume=True))
    with pytest.raises(StepInvalidError) as caught:
        take(person, "volume", forged)
    assert list(caught.value.faults) == ["result"]
    assert not StepResult.objects.exists()


def test_the_page_says_what_is_missing(client: Client, version: StudyVersion) -> None:
    screen(version, volume=True)
    client.post("/s/short/consent/", {"decision": "agree", "language": "en", "sha256": sha(CONSENT["en"])})
    page = client.get("/s/short/steps/", follow=True)
    assert page.redirect_chain == [("/s/short/steps/volume/", 302)]
    assert "The volume is comfortable" in page.content.decode()
    refused = client.post("/s/short/steps/volume/", {"attempt": 0, "result": ""})
    assert refused.status_code == 400
    assert "What this page sent cannot be read." in refused.content.decode()
