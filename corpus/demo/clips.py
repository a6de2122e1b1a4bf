"""The sounds of the demo corpus: every backchannel and every context, spoken."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.demo import espeak, prosody, vocoder
from corpus.demo.dialogues import Dialogue
from corpus.demo.levels import at_level, faded
from corpus.demo.prosody import PROSODIES, Spoken
from corpus.demo.vocoder import Floats
from corpus.demo.voices import LISTENERS, Voice
from corpus.demo.words import WORDS, Word

SOURCE_F0 = 120  # Hz; every word is spoken on this pitch before it gets its own
SOURCE_RATE = 160  # words per minute
TURN_GAP = 0.3  # seconds from A's turn to B's
CONTEXT_LEVEL = -24.0  # dBFS, RMS of a turn


@dataclass(frozen=True, slots=True)
class Clip:
    """A backchannel: who says which word in which prosody, and how it came out."""

    voice: Voice
    word: Word
    prosody: str
    spoken: Spoken

    @property
    def name(self) -> str:
        """Its id in stimuli.csv and the stem of its file."""
        return clip_name(self.voice, self.word, self.prosody)


def clip_name(voice: Voice, word: Word, prosody_name: str) -> str:
    """Return the id of the backchannel with this word, voice and prosody."""
    return f"{voice.name}-{word.slug}-{prosody_name}"


def speak_backchannels(*, seed: int) -> list[Clip]:
    """Speak every word in every prosody by every listener: 6 x 8 x 4 clips, each a little different from its kin."""
    said = [(voice, word) for voice in LISTENERS for word in WORDS]
    rate, sounds = espeak.speak(
        [espeak.Request(w.spoken, v.espeak, SOURCE_RATE, range_=0, constant_f0=SOURCE_F0) for v, w in said],
        seed=seed,
    )
    clips = []
    for number, ((voice, word), sound) in enumerate(zip(said, sounds, strict=True)):
        frames = vocoder.analyse(sound, rate=rate, f0=SOURCE_F0)
        for index, kind in enumerate(PROSODIES):
            rng = np.random.default_rng([seed, 1, number, index])
            varied = prosody.vary(kind, rng)
            spoken = prosody.say(frames, varied, f0=voice.f0, breath=word.breath, rng=rng)
            clips.append(Clip(voice, word, kind.name, spoken))
    return clips


def speak_contexts(dialogues: Sequence[Dialogue], *, seed: int) -> tuple[int, list[Floats]]:
    """Return the sampling rate in Hz and, for each dialogue, its last two turns as one sound (mono, -1..1)."""
    requests = []
    for dialogue in dialogues:
        requests.append(espeak.Request(dialogue.first, dialogue.listener.espeak))
        requests.append(espeak.Request(dialogue.last, dialogue.teller.espeak, **dialogue.situation.telling))
    rate, sounds = espeak.speak(requests, seed=seed)
    turns = [_turn(sound, rate) for sound in sounds]
    pause = np.zeros(round(TURN_GAP * rate))
    return rate, [np.concatenate([a, pause, b]) for a, b in zip(turns[::2], turns[1::2], strict=True)]


def _turn(sound: Floats, rate: int) -> Floats:
    """Cut the silence off both ends (below -50 dB of the peak, 20 ms left), fade and set the level."""
    loud = np.flatnonzero(np.abs(sound) > 10 ** (-50 / 20) * np.abs(sound).max())
    margin = round(0.02 * rate)
    kept = sound[max(loud[0] - margin, 0) : loud[-1] + margin]
    return at_level(faded(kept, rate), CONTEXT_LEVEL)
