"""Audio files: read and check them, measure them, and make of each what every browser decodes.

Conventions of the whole package: samples are float32 arrays of shape (frames, channels) in which 1.0 is full
scale; times are seconds, rates Hz, levels dB relative to full scale (dBFS), true peaks dBTP, loudness LUFS;
channels count from 1. Pure: neither Django nor Celery.
"""

from corpus.audio.channels import parse_channel
from corpus.audio.facts import AudioFacts, notes_on, probe, sha256_of
from corpus.audio.faults import AudioFault, AudioFaultsError
from corpus.audio.loudness import Loudness, integrated_loudness
from corpus.audio.reading import read_mono
from corpus.audio.recordings import cut, probe_recording
from corpus.audio.serving import SERVED_RATE, TRUE_PEAK_LIMIT, ServedClip, transcode

__all__ = [
    "SERVED_RATE",
    "TRUE_PEAK_LIMIT",
    "AudioFacts",
    "AudioFault",
    "AudioFaultsError",
    "Loudness",
    "ServedClip",
    "cut",
    "integrated_loudness",
    "notes_on",
    "parse_channel",
    "probe",
    "probe_recording",
    "read_mono",
    "sha256_of",
    "transcode",
]
