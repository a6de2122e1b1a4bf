"""What stage 1 reads: whole dialogues to train on, and backchannels with the turns before them to be judged by."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

MARKER = re.compile(r"<[^<>]{1,40}>")
"""A speaker's tag in the text of a dialogue, such as `<A>`; nothing else there stands in such brackets."""
MOST_MARKERS = 64
"""A corpus that names every speaker anew has more tags; the rare ones stay text."""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole dialogue as text: turns joined with ` / `, each `<A> words`."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A backchannel: its words, and for each number of turns the context before it, ending in its speaker's tag."""

    key: str
    contexts: Mapping[int, str]
    target: str


class Texts(Protocol):
    """A corpus to train on. Every call streams anew, so that no corpus has to fit into memory."""

    def documents(self, split: str) -> Iterable[Document]:
        """Yield the dialogues of `train`, `validation` or `test`."""

    def items(self, split: str) -> Iterable[Item]:
        """Yield the backchannels of that split."""


def markers_in(texts: Iterable[str]) -> list[str]:
    """Return the speakers' tags that occur, the commonest `MOST_MARKERS` of them, sorted.

    >>> markers_in(["<A> so / <B> mhm / <A> yes"])
    ['<A>', '<B>']
    """
    found = Counter[str]()
    for text in texts:
        found.update(MARKER.findall(text))
    return sorted(marker for marker, _ in found.most_common(MOST_MARKERS))
