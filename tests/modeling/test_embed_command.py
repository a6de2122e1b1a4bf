"""`manage.py embed`: runs asked for, computed here or followed, and how they ended."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from corpus.services import import_stimuli
from modeling.enums import RunState
from modeling.models import EmbeddingRun
from tests.modeling.corpora import write_clips
from tests.modeling.tiny import save_tiny_wavlm

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tones(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    import_stimuli(csv_path=write_clips(tmp_path / "clips", 4), corpus_slug="tones")


def embed(*arguments: str) -> str:
    out = StringIO()
    call_command("embed", *arguments, stdout=out)
    return out.getvalue()


def test_a_corpus_is_embedded_here_with_a_bar() -> None:
    said = embed("tones", "--encoder", "spectral", "--here")
    assert "spectral, run " in said
    assert "█" * 30 + "  4 of 4" in said
    assert said.endswith("Finished: 4 of 4 stimuli embedded.\n")


def test_asking_again_says_that_it_is_done() -> None:
    embed("tones", "--encoder", "spectral", "--here")
    assert embed("tones", "--encoder", "spectral", "--here").endswith("Finished before: 4 stimuli embedded.\n")
    assert EmbeddingRun.objects.count() == 1


def test_several_layers_are_a_run_each(tmp_path: Path) -> None:
    folder = str(save_tiny_wavlm(tmp_path / "tiny"))
    said = embed("tones", "--encoder", "wavlm", "--weights", folder, "--layer", "0", "2", "-1", "--here")
    assert said.count("Finished: 4 of 4") == 3
    labels = EmbeddingRun.objects.filter(state=RunState.FINISHED).values_list("label", flat=True)
    assert sorted(labels) == ["tiny L0", "tiny L2", "tiny last"]


def test_a_failed_run_says_why_and_what_to_do_and_the_others_are_computed(tmp_path: Path) -> None:
    folder = str(save_tiny_wavlm(tmp_path / "tiny"))
    with pytest.raises(CommandError, match=r"tiny L9 failed after 0 of 4: There is no layer 9 in .* from 0 to 3"):
        embed("tones", "--encoder", "wavlm", "--weights", folder, "--layer", "9", "1", "--here")
    assert EmbeddingRun.objects.get(state=RunState.FINISHED).label == "tiny L1"


def test_other_settings_are_given_as_pairs() -> None:
    assert "spectral 24/8" in embed(
        "tones", "--encoder", "spectral", "--set", "mel_bands=24", "--set", "coefficients=8", "--here"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent", "--encoder", "spectral"], "There is no study and no corpus called 'absent'"),
        (["tones", "--encoder", "hubert"], "There is no encoder 'hubert'"),
        (["tones", "--encoder", "spectral", "--set", "mel_bands"], "--set mel_bands: write it as KEY=VALUE"),
        (["tones", "--encoder", "spectral", "--layer", "3"], "there is no setting layer"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        embed(*arguments, "--here")


def test_without_a_queue_it_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from bcstudy.celery import app

    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:9/0")
    with pytest.raises(CommandError, match=r"The queue cannot be reached .* compute here with --here"):
        embed("tones", "--encoder", "spectral")
    assert EmbeddingRun.objects.get().state == RunState.QUEUED
