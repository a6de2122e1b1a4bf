"""Who speaks: six listeners, who give the backchannels, and four tellers, who speak the contexts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker: `name` in stimuli.csv, `espeak` voice with its variant, `f0` the middle of the voice in Hz."""

    name: str
    espeak: str
    f0: float


LISTENERS = (
    Voice("anna", "en-us+f1", 196.0),
    Voice("berit", "en+Annie", 214.0),
    Voice("clara", "en-us+linda", 182.0),
    Voice("david", "en-us+m3", 112.0),
    Voice("erik", "en+m7", 122.0),
    Voice("frank", "en-us+m4", 102.0),
)
TELLERS = (
    Voice("gita", "en-us+f4", 200.0),
    Voice("hans", "en+m1", 108.0),
    Voice("iris", "en-gb-scotland+f2", 205.0),
    Voice("jonas", "en-us+m6", 116.0),
)
