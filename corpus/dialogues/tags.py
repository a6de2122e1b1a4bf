"""Which dialogue-act tags name a backchannel."""

from collections.abc import Collection

from corpus.dialogues.dialogue import Dialogue

BACKCHANNEL_TAGS = ("b", "bh", "bk")
"""Acknowledge (continuer), rhetorical-question continuer, and response acknowledgement of SWBD-DAMSL.

Source: Jurafsky, Shriberg & Biasca (1997), Switchboard SWBD-DAMSL Shallow-Discourse-Function Annotation Coders Manual.
"""

# Modifiers that leave an act what it is (about the task, about the call, quoted, held, …); ^m, mimicry, does not.
_SAME_ACT = frozenset({"r", "t", "c", "q", "g", "h"})


def base_tag(tag: str) -> str:
    """Return the act that a tag names, without marks of doubt and modifiers.

    `b^m` (the other's words repeated) is an act of its own in SWBD-DAMSL and stays what it is. Of several acts in one
    tag, the first counts.

    >>> [base_tag(tag) for tag in ("b", "b@", "bh^r", "b^m", "b(^q)", "b;sd", "B*", "qy^d")]
    ['b', 'b', 'bh', 'b^m', 'b', 'b', 'b', 'qy^d']
    """
    first = tag.strip().lower().replace(";", ",").partition(",")[0]
    plain = first.partition("(")[0].rstrip("@*+ ")
    act, *modifiers = plain.split("^")
    return "^".join([act, *(one for one in modifiers if one not in _SAME_ACT)]) if act else plain


def is_backchannel(tag: str, tags: Collection[str] = BACKCHANNEL_TAGS) -> bool:
    """Return whether the tag, or the act it is a variant of, is among `tags`."""
    return bool(tag) and (tag in tags or base_tag(tag) in tags)


def by_tag(dialogue: Dialogue, tags: Collection[str] = BACKCHANNEL_TAGS) -> list[int]:
    """Return the positions of the utterances that are tagged as backchannels."""
    return [at for at, turn in enumerate(dialogue.turns) if is_backchannel(turn.tag, tags)]
