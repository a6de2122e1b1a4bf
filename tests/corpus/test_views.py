"""Sounds for browsers."""

import hashlib

import pytest
from django.urls import reverse

from corpus.storage import keep, original_path, served_path

WAV = b"RIFF....WAVE" * 100
DIGEST = hashlib.sha256(WAV).hexdigest()


@pytest.fixture
def address(media):
    keep(served_path(DIGEST), WAV, DIGEST)
    return reverse("corpus:served", args=[DIGEST])


def test_a_sound_is_sent_whole_and_may_be_kept_for_ever(client, address):
    response = client.get(address)

    assert address == f"/audio/{DIGEST}.wav"
    assert b"".join(response.streaming_content) == WAV
    assert response.headers["Content-Type"] == "audio/wav"
    assert response.headers["Content-Length"] == str(len(WAV))
    assert response.headers["ETag"] == f'"{DIGEST}"'
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


def test_head_tells_the_same_without_the_sound(client, address):
    response = client.head(address)

    assert (response.status_code, response.headers["Content-Length"]) == (200, str(len(WAV)))
    assert b"".join(response.streaming_content) == b""


def test_who_has_it_is_told_so(client, address):
    response = client.get(address, headers={"If-None-Match": f'"{DIGEST}"'})

    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "0" * 64 + ".wav",
        DIGEST.upper() + ".wav",
        DIGEST + ".mp3",
        DIGEST,
        DIGEST[:63] + ".wav",
        "../served/" + DIGEST + ".wav",
        "..%2f..%2fdb.sqlite3",
        DIGEST[:2] + "/" + DIGEST + ".wav",
        DIGEST + ".wav/",
        DIGEST + ".wav%00",
        DIGEST + ".wav%0a",
    ],
)
def test_anything_else_is_not_found(client, address, path):
    assert client.get(f"/audio/{path}").status_code == 404


def test_originals_are_not_served(client, media):
    keep(original_path(DIGEST, "WAV/PCM_16"), WAV, DIGEST)

    assert client.get(f"/audio/{DIGEST}.wav").status_code == 404


def test_sounds_are_only_fetched(client, address):
    assert client.post(address).status_code == 405
