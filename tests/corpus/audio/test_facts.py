"""What is measured of a file."""

import hashlib

import numpy as np
import pytest

from corpus.audio import notes_on, probe


def test_facts_of_a_known_sound(write_sound, tone):
    path = write_sound("a.wav", tone(1.5, peak=0.5, rate=16_000, channels=2), rate=16_000)
    facts = probe(path)

    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts.size == path.stat().st_size
    assert (facts.format, facts.rate, facts.channels) == ("WAV/PCM_16", 16_000, 2)
    assert (facts.frames, facts.duration) == (24_000, 1.5)
    assert facts.peak == pytest.approx(-6.02, abs=0.01)
    assert facts.loudness == pytest.approx(-3.01 - 6.02 + 3.01, abs=0.02)
    assert (facts.loudness_rule, facts.clipped, notes_on(facts)) == ("gated", 0.0, ())


def test_a_faint_file_is_noted(write_sound, tone):
    facts = probe(write_sound("a.wav", tone(0.5, peak=10 ** (-70 / 20)), subtype="FLOAT"))

    assert notes_on(facts) == (
        "nothing in it reaches -70 LUFS (it measures -73.0): listen whether there is more in it than noise",
    )


@pytest.mark.parametrize(("folder", "count", "rate"), [("fsdd_subset", 300, 8_000), ("emogator_subset", 384, 48_000)])
def test_every_real_clip_passes(shared_data, folder, count, rate):
    paths = sorted(path for path in (shared_data / folder).iterdir() if path.suffix in {".wav", ".mp3"})
    facts = [probe(path) for path in paths]

    assert len(facts) == count
    assert {(fact.rate, fact.channels) for fact in facts} == {(rate, 1)}
    assert all(0.14 < fact.duration < 2 and np.isfinite(fact.loudness) for fact in facts)
    assert max(fact.clipped for fact in facts) < 0.0005
