"""Which words were said while the other was speaking, and on whose side."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from corpus.dialogues.dialogue import Turn, Word

LISTENER, TELLER = "[]", "{}"


class Overlap(NamedTuple):
    """A stretch, in seconds, of an utterance that the utterance at position `other` overlaps; `side` is its marks."""

    other: int
    start: float
    end: float
    side: str


def timed_words(turn: Turn) -> tuple[Word, ...]:
    """Return the words with their times; where only the utterance has times, its words are spread evenly over it."""
    if turn.words and all(word.start is not None for word in turn.words):
        return turn.words
    words = [word.word for word in turn.words] or turn.text.split()
    if turn.start is None or turn.end is None or not words:
        return tuple(Word(word, None, None) for word in words)
    step = (turn.end - turn.start) / len(words)
    return tuple(
        Word(word, turn.start + step * place, turn.start + step * (place + 1)) for place, word in enumerate(words)
    )


def overlaps_of(turns: Sequence[Turn], backchannels: Collection[int]) -> list[list[Overlap]]:
    """Return, for each utterance, how those of other speakers overlap it; utterances without times overlap nothing.

    The listener's side is the backchannel's; where both or neither are backchannels, that of who began later.
    """
    found: list[list[Overlap]] = [[] for _ in turns]
    speaking: list[tuple[float, int]] = []  # (end, position) of what may still be going on
    for start, at in sorted((turn.start, at) for at, turn in enumerate(turns) if turn.start is not None):
        end = turns[at].end
        speaking = [(until, other) for until, other in speaking if until > start]
        for until, other in speaking:
            if end is not None and turns[other].speaker != turns[at].speaker and min(until, end) > start:
                later_listens = at in backchannels or other not in backchannels
                sides = (LISTENER, TELLER) if later_listens else (TELLER, LISTENER)
                found[at].append(Overlap(other, start, min(until, end), sides[0]))
                found[other].append(Overlap(at, start, min(until, end), sides[1]))
        if end is not None:
            speaking.append((end, at))
    return found
