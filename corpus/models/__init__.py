"""Tables: sounds and the stimuli that name them; dialogues and the backchannels found in them."""

from corpus.models.dialogues import Channel, Dialogue, Turn
from corpus.models.extractions import Backchannel, Extraction
from corpus.models.sounds import AudioFile, Corpus, ServedAudio, Stimulus

__all__ = [
    "AudioFile",
    "Backchannel",
    "Channel",
    "Corpus",
    "Dialogue",
    "Extraction",
    "ServedAudio",
    "Stimulus",
    "Turn",
]
