"""The folder that `make_demo_corpus` writes, and the truth planted in it."""

import csv
import hashlib
from collections import Counter

import numpy as np
import pytest
import soundfile
import yaml
from django.core.management import CommandError, call_command

from corpus.demo import percepts
from corpus.demo.dialogues import plan, situations
from corpus.demo.prosody import PROSODIES
from corpus.demo.words import WORDS


@pytest.fixture(scope="module")
def folder(demo_folder):
    return demo_folder


@pytest.fixture(scope="module")
def rows(folder):
    with (folder / "stimuli.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def contexts(rows):
    return [row for row in rows if row["role"] == "context"]


@pytest.fixture(scope="module")
def backchannels(rows):
    return {row["stimulus"]: row for row in rows if row["role"] == "backchannel"}


def digests(folder):
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def where(row, names=percepts.NAMES):
    return np.array([float(row[f"percept_{name}"]) for name in names])


def test_the_same_seed_gives_the_same_bytes_and_replaces_what_was_there(folder, tmp_path, capsys, settings):
    settings.BCSTUDY_HOME = tmp_path
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "stimuli.csv").write_text("left over")
    call_command("make_demo_corpus")
    assert capsys.readouterr().out == (
        f"232 synthetic clips in {tmp_path}/demo\nNext: manage.py import_stimuli {tmp_path}/demo/stimuli.csv\n"
    )
    assert digests(tmp_path / "demo") == digests(folder)


def test_a_seed_is_a_whole_number(tmp_path):
    with pytest.raises(CommandError, match="a whole number from 0"):
        call_command("make_demo_corpus", "--seed", "-1", "--output", str(tmp_path / "demo"))
    assert not (tmp_path / "demo").exists()


def test_contexts_are_three_to_eight_seconds_with_a_pause_between_two_turns(folder, contexts):
    for context in contexts:
        samples, rate = soundfile.read(folder / context["path"])
        assert 3 <= len(samples) / rate <= 8, context["stimulus"]
        assert 0.1 < np.abs(samples).max() < 0.95, context["stimulus"]
        sounding = np.flatnonzero(samples)
        assert np.diff(sounding).max() >= 0.3 * rate, context["stimulus"]


def test_every_clip_is_described_and_every_sound_is_16_bit_mono(folder, rows):
    assert {f"audio/{path.name}" for path in (folder / "audio").iterdir()} == {row["path"] for row in rows}
    assert len({row["stimulus"] for row in rows}) == len(rows)
    for row in rows:
        info = soundfile.info(folder / row["path"])
        assert (info.channels, info.samplerate, info.subtype) == (1, 22050, "PCM_16"), row["stimulus"]
        if row["start"]:
            assert float(row["end"]) - float(row["start"]) == pytest.approx(info.duration, abs=2e-4)
        assert row["synthetic"] == "1"


def test_words_prosodies_and_voices_are_crossed(backchannels):
    cells = Counter((row["token"], row["prosody"], row["speaker"]) for row in backchannels.values())
    assert len(backchannels) >= 180
    assert set(cells.values()) == {1}
    assert {token for token, _, _ in cells} == {word.token for word in WORDS}
    assert {prosody for _, prosody, _ in cells} == {prosody.name for prosody in PROSODIES}


def test_the_true_response_of_every_context_follows_the_rule(contexts, backchannels):
    rule = {kind.name: kind for kind in situations()}
    assert len(contexts) >= 30
    assert len({row["situation"] for row in contexts}) >= 4
    assert len({row["response"] for row in contexts}) == len(contexts)
    for context in contexts:
        response = backchannels[context["response"]]
        assert context["suits"] == rule[context["situation"]].suits
        assert response["prosody"] == context["suits"]
        assert response["token"] in rule[context["situation"]].words
        assert response["speaker"] != context["speaker"]
        assert response["dialogue"] == context["dialogue"]
        assert float(response["start"]) > float(context["end"])
        assert context["transcript"].startswith("A: ")
        assert " / B: " in context["transcript"]


def test_only_true_responses_belong_to_a_dialogue(contexts, backchannels):
    with_dialogue = {name for name, row in backchannels.items() if row["dialogue"]}
    assert with_dialogue == {row["response"] for row in contexts}


def test_every_prosody_suits_equally_many_contexts_and_every_voice_responds(contexts, backchannels):
    assert set(Counter(row["suits"] for row in contexts).values()) == {len(contexts) // len(PROSODIES)}
    responses = Counter(backchannels[row["response"]]["speaker"] for row in contexts)
    assert max(responses.values()) - min(responses.values()) <= 2
    assert len({row["transcript"] for row in contexts}) == len(contexts)


def test_coordinates_are_standardised(backchannels):
    values = np.array([where(row) for row in backchannels.values()])
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(values.std(axis=0), 1, atol=1e-3)


def test_the_clips_nearest_to_a_context_are_those_that_suit(contexts, backchannels):
    """The truth that can be recovered."""
    names, tokens = list(backchannels), [row["token"] for row in backchannels.values()]
    values = np.array([where(row) for row in backchannels.values()])
    suiting = {kind.name: kind.words for kind in situations()}
    for context in contexts:
        ideal = where(context)
        by_prosody = np.argsort(((values - ideal)[:, : percepts.PROSODIC] ** 2).sum(axis=1))
        # 48 clips have the prosody that suits; each of them is nearer than any other clip.
        nearest = [backchannels[names[i]]["prosody"] for i in by_prosody[:48]]
        assert set(nearest) == {context["suits"]}
        closest = np.argsort(((values - ideal) ** 2).sum(axis=1))[:6]
        assert {backchannels[names[i]]["prosody"] for i in closest} == {context["suits"]}
        assert {tokens[i] for i in closest} & set(suiting[context["situation"]])


def test_voice_is_no_coordinate(backchannels):
    """Who speaks explains next to nothing of where a clip lies, as the README says."""
    values = np.array([where(row) for row in backchannels.values()])
    speakers = np.array([row["speaker"] for row in backchannels.values()])
    means = np.array([values[speakers == speaker].mean(axis=0) for speaker in set(speakers)])
    assert means.var(axis=0).max() < 0.05


def test_the_study_and_its_consent_forms_are_there_in_both_languages(folder):
    study = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    assert study["slug"] == "demo"
    assert study["stimuli"] == "stimuli.csv"
    assert [(d["task"], d["make"]) for d in study["design"]] == [
        ("prosodic", "triads"),
        ("lexical", "triads"),
        ("contextual", "contexts"),
    ]
    texts = [study["title"]]
    for task in study["tasks"].values():
        for question in task["questions"]:
            texts += [question["text"], *([question["ends"]] if "ends" in question else [])]
    assert all(set(text) == {"en", "sv"} for text in texts)
    for language in ("en", "sv"):
        assert (folder / f"consent.{language}.md").read_text(encoding="utf-8").startswith("# ")


def test_the_readme_says_that_it_is_synthetic_and_states_the_rule(folder):
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "synthetic" in text.splitlines()[0]
    assert "espeak-ng" in text
    assert "$" not in text
    for kind in situations():
        assert f"| {kind.name} | {kind.when} | {kind.suits} |" in text


def test_the_plan_never_uses_a_clip_twice():
    for seed in range(5):
        said = [(d.listener.name, d.word.token, d.situation.suits) for d in plan(seed=seed)]
        assert len(set(said)) == len(said)
