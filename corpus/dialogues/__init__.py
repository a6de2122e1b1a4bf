"""Dialogues as plain values, and what is found in them: text, backchannels, splits.

Conventions of the whole package: times are seconds from the beginning of the dialogue, None where unknown; positions
count utterances from 0; a speaker is named by a tag such as A, and `Dialogue.speakers` says which person that is.
Pure: neither Django nor Celery.
"""

from corpus.dialogues.dialogue import Dialogue, Turn, Word
from corpus.dialogues.forms import form_of
from corpus.dialogues.overlap import overlaps_of
from corpus.dialogues.rule import Rule, by_rule
from corpus.dialogues.score import Score
from corpus.dialogues.splits import SPLITS, SplitOverlapError, check_splits, make_splits
from corpus.dialogues.tags import BACKCHANNEL_TAGS, by_tag, is_backchannel
from corpus.dialogues.text import Transcript, backchannel_spans, context_text, dialogue_text

__all__ = [
    "BACKCHANNEL_TAGS",
    "SPLITS",
    "Dialogue",
    "Rule",
    "Score",
    "SplitOverlapError",
    "Transcript",
    "Turn",
    "Word",
    "backchannel_spans",
    "by_rule",
    "by_tag",
    "check_splits",
    "context_text",
    "dialogue_text",
    "form_of",
    "is_backchannel",
    "make_splits",
    "overlaps_of",
]
