"""How each model looks, in every figure and on every page: colour, marker and rank in print.

Colours are those of Okabe and Ito (2008), which people with any colour vision tell apart; markers tell models apart
in grey too. An encoder keeps its look whatever other models are shown.
"""

from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Look:
    """`colour` as hex, `marker` as matplotlib names it."""

    colour: str
    marker: str


INK = "#1b1b1b"
PALE = "#525252"
BAND = "#d9d9d9"
OF_ENCODERS = {
    "prosody": Look("#0072B2", "o"),
    "spectral": Look("#D55E00", "s"),
    "wavlm": Look("#009E73", "D"),
}
OTHERS = (Look("#CC79A7", "^"), Look("#8a6d00", "v"), Look("#56B4E9", "P"), Look("#000000", "X"))


def look_of(encoder: str) -> Look:
    """Return the look of an encoder; those that are not known by name share four looks by their name."""
    return OF_ENCODERS.get(encoder) or OTHERS[crc32(encoder.encode()) % len(OTHERS)]
