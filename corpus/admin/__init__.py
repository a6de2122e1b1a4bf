"""Admin pages: sounds and stimuli; dialogues and the backchannels found in them."""

from corpus.admin.base import PlayerMedia, ReadOnlyMixin, measured, player
from corpus.admin.dialogues import DialogueAdmin
from corpus.admin.extractions import BackchannelAdmin, ExtractionAdmin
from corpus.admin.sounds import AudioFileAdmin, CorpusAdmin, ServedAudioAdmin, StimulusAdmin

__all__ = [
    "AudioFileAdmin",
    "BackchannelAdmin",
    "CorpusAdmin",
    "DialogueAdmin",
    "ExtractionAdmin",
    "PlayerMedia",
    "ReadOnlyMixin",
    "ServedAudioAdmin",
    "StimulusAdmin",
    "measured",
    "player",
]
