"""Invented dialogues in which the fitting backchannel depends on something said three turns back."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from modeling.ml.lm.texts import Document, Item

TOPICS = {"cats": "mhm", "rain": "wow", "work": "right", "food": "sure"}
"""What the first speaker begins with, and what the other says four turns later."""
FILLERS = ["well it is so", "you know how it goes", "and then some", "that is what it was", "so it went on"]
PARTS = {"train": (0, 1.0), "validation": (1, 0.2), "test": (2, 0.2)}


@dataclass(frozen=True, slots=True)
class Talk:
    """Texts of `size` dialogues to train on and a fifth of that to judge, without end the same."""

    size: int = 60
    rounds: int = 6

    def documents(self, split: str) -> Iterator[Document]:
        for key, turns in self._dialogues(split):
            yield Document(key, " / ".join(f"<{speaker}> {words}" for speaker, words in turns))

    def items(self, split: str) -> Iterator[Item]:
        for key, turns in self._dialogues(split):
            for at, (_, words) in enumerate(turns):
                if words in TOPICS.values():
                    yield Item(f"{key}:{at}", {n: context(turns, at, n) for n in (1, 3, 5)}, words)

    def _dialogues(self, split: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        number, share = PARTS[split]
        rng = np.random.default_rng(number)
        for index in range(max(4, round(self.size * share))):
            yield f"{split}{index}", _turns(rng, self.rounds)


def _turns(rng: np.random.Generator, rounds: int) -> list[tuple[str, str]]:
    """Return rounds of: A names a topic, four fillers, and then B's backchannel, which the topic decides."""
    turns: list[tuple[str, str]] = []
    for _ in range(rounds):
        topic = str(rng.choice(list(TOPICS)))
        fillers = [str(filler) for filler in rng.choice(FILLERS, 3)]
        turns += [("A", f"i think of {topic}"), ("B", fillers[0]), ("A", fillers[1]), ("B", "go on"), ("A", fillers[2])]
        turns.append(("B", TOPICS[topic]))
    return turns


def context(turns: list[tuple[str, str]], at: int, n: int) -> str:
    spoken = [f"<{speaker}> {words}" for speaker, words in turns[max(0, at - n) : at]]
    return " / ".join([*spoken, f"<{turns[at][0]}>"])
