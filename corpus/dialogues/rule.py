"""Find backchannels where nobody tagged them: by words, length, and when they come against the other's speech."""

from dataclasses import asdict, dataclass
from typing import Any

from corpus.dialogues.dialogue import Dialogue, Turn
from corpus.dialogues.forms import words_in

WORDS = (
    "uh-huh uhhuh uh-hum um-hum umhum mm-hm mm-hmm mhm mmhm mhmm mm hm hmm hum huh huh-uh uh-uh "
    "yeah yep yup yes right okay ok oh really sure wow gosh ah aha i see exactly true wonderful great"
)
"""What continuers are made of in Switchboard; other languages give their own with `words`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule and its parameters; times in seconds.

    An utterance is a backchannel if
    - every word of it is among `words` (separated by spaces) and there are `max_words` at most;
    - it lasts `max_seconds` at most, and its speaker is silent `silence` seconds before and after, where times are
      known; elsewhere the utterance before it must be another speaker's and, with `followed`, the one after it too;
    - it comes after something another speaker said: while they speak or `reach` seconds later at most (where times
      are known), and, with `answers` off, not after their question mark.
    """

    words: str = WORDS
    max_words: int = 3
    max_seconds: float = 1.0
    silence: float = 0.3
    reach: float = 1.5
    followed: bool = False
    answers: bool = False

    def parameters(self) -> dict[str, Any]:
        """Return every parameter by name, as an extraction records it."""
        return asdict(self)


def by_rule(dialogue: Dialogue, rule: Rule | None = None) -> list[int]:
    """Return the positions of the utterances that are backchannels by the rule. Tags are not looked at."""
    rule = rule or Rule()
    words = frozenset(words_in(rule.words))
    turns = dialogue.turns
    return [
        at
        for at, turn in enumerate(turns)
        if _is_short(turn, rule, words) and _stands_alone(turns, at, rule) and _responds(turns, at, rule)
    ]


def _is_short(turn: Turn, rule: Rule, words: frozenset[str]) -> bool:
    count = 0
    for count, word in enumerate(words_in(turn.text), start=1):
        if count > rule.max_words or word not in words:
            return False
    if not count:
        return False
    return turn.start is None or turn.end is None or turn.end - turn.start <= rule.max_seconds


def _stands_alone(turns: tuple[Turn, ...], at: int, rule: Rule) -> bool:
    turn = turns[at]
    if turn.start is None or turn.end is None:
        beside = (at - 1, at + 1) if rule.followed else (at - 1,)
        return all(turns[near].speaker != turn.speaker for near in beside if 0 <= near < len(turns))
    before = _neighbour(turns, at, -1)
    after = _neighbour(turns, at, 1)
    if before is not None and before.end is not None and turn.start - before.end < rule.silence:
        return False
    return after is None or after.start is None or after.start - turn.end >= rule.silence


def _neighbour(turns: tuple[Turn, ...], at: int, step: int) -> Turn | None:
    """Return the speaker's own previous (-1) or next (1) utterance."""
    places = range(at + step, -1 if step < 0 else len(turns), step)
    return next((turns[place] for place in places if turns[place].speaker == turns[at].speaker), None)


def _responds(turns: tuple[Turn, ...], at: int, rule: Rule) -> bool:
    turn = turns[at]
    other = next((turns[place] for place in range(at - 1, -1, -1) if turns[place].speaker != turn.speaker), None)
    if other is None:
        return False
    if turn.start is not None and other.end is not None and turn.start - other.end > rule.reach:
        return False
    overlaps = turn.start is not None and other.end is not None and other.end > turn.start
    return rule.answers or overlaps or not other.text.rstrip().endswith("?")
