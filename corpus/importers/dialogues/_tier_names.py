"""What the name of a tier says: whose it is, and whether it holds words, utterances or something else."""

import re
from typing import NamedTuple

WORDS, UTTERANCES, OTHER = "words", "utterances", "other"

_LEVELS = {
    WORDS: "word words wrd token tokens ort ortho orthography hyp ref transcript transcription text",
    UTTERANCES: "utterance utterances utt ipu ipus turn turns phrase phrases sentence sentences",
    OTHER: "phone phones phon phons phoneme phonemes segment segments syllable syllables syl syll vowel vowels "
    "pitch tone tones tobi break breaks note notes comment comments pos gesture gestures marker markers",
}
_LEVEL_OF = {name: level for level, names in _LEVELS.items() for name in names.split()}
_BETWEEN = re.compile(r"[\s_\-:./()\"']+")


class TierName(NamedTuple):
    """The speaker, empty where the name is that of a level only; the level, empty where the name is a speaker's only.

    >>> name_of("A - words"), name_of("Anna"), name_of("phone")
    (TierName(speaker='A', level='words'), TierName(speaker='Anna', level=''), TierName(speaker='', level='other'))
    """

    speaker: str
    level: str


def name_of(tier: str) -> TierName:
    """Return what the name of a tier says."""
    parts = [part for part in _BETWEEN.split(tier) if part]
    levels = [_LEVEL_OF[part.lower()] for part in parts if part.lower() in _LEVEL_OF]
    if not levels:
        return TierName(tier.strip(), "")
    speaker = " ".join(part for part in parts if part.lower() not in _LEVEL_OF)
    return TierName(speaker, next((level for level in (OTHER, WORDS, UTTERANCES) if level in levels), ""))
