"""The registry: names, settings and labels, without loading anything large."""

import subprocess
import sys

import pytest

from modeling.ml.encoders import check_settings, encoder_names, label_of, load_encoder, needs_settings


def test_settings_come_back_complete_and_checking_them_again_changes_nothing() -> None:
    for name in encoder_names():
        if needs_settings(name):
            continue
        complete = check_settings(name, {})
        assert check_settings(name, complete) == complete
        assert label_of(name, complete)


@pytest.mark.parametrize(
    ("settings", "label"),
    [
        ({}, "wavlm-base-plus last"),
        ({"layer": 6}, "wavlm-base-plus L6"),
        ({"layer": "-3"}, "wavlm-base-plus last-2"),
        ({"layer": 0, "weights": "/models/my-wavlm/"}, "my-wavlm L0"),
        ({"precision": "bfloat16"}, "wavlm-base-plus last bfloat16"),
    ],
)
def test_labels_of_wavlm(settings: dict[str, object], label: str) -> None:
    assert label_of("wavlm", check_settings("wavlm", settings)) == label


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layers": 6}, "there is no setting layers. Settings of this encoder: weights, layer, pooling, precision"),
        ({"layer": "six"}, "layer='six' is not a whole number"),
        ({"layer": 6.5}, "layer=6.5 is not a whole number"),
        ({"pooling": "max"}, "there is no pooling 'max'; there is mean"),
        ({"precision": "int8"}, "there is no precision 'int8'; there are float32 and bfloat16"),
        ({"weights": ""}, "weights is empty; give a folder or a name on the hub"),
    ],
)
def test_what_cannot_be_set_is_said(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match="^" + message.replace(".", r"\.") + "$"):
        check_settings("wavlm", settings)


def test_a_folder_is_named_by_its_full_path(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    assert check_settings("wavlm", {"weights": "models"})["weights"] == str(tmp_path / "models")
    assert check_settings("wavlm", {"weights": "./absent"})["weights"] == str(tmp_path / "absent")
    assert check_settings("wavlm", {"weights": "org/name"})["weights"] == "org/name"


def test_an_unknown_encoder_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"there is no encoder 'hubert'\. Encoders: joint, prosody, spectral, wavlm"):
        load_encoder("hubert", {})


def test_checking_settings_loads_no_large_library() -> None:
    code = (
        "import sys; from modeling.ml.encoders import check_settings, encoder_names, label_of, needs_settings;"
        "given = lambda n: {'weights': '/models/run'} if needs_settings(n) else {};"
        "[label_of(n, check_settings(n, given(n))) for n in encoder_names()];"
        "large = {'torch', 'torchaudio', 'transformers', 'librosa', 'scipy', 'huggingface_hub'};"
        "print(sorted(large & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
