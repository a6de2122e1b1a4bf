"""Parts for training, validation and test that share neither a dialogue nor, where people are known, a person."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from corpus.errors import DomainError

SPLITS = ("train", "validation", "test")
SHARES = (0.8, 0.1, 0.1)
_SHOWN = 20


class SplitOverlapError(DomainError):
    """A dialogue or a person is in several parts; `overlaps` names each with its parts."""

    def __init__(self, overlaps: Sequence[tuple[str, str, tuple[str, ...]]]) -> None:
        self.overlaps = tuple(overlaps)
        lines = [f"  {kind} {name!r} is in {', '.join(parts)}" for kind, name, parts in self.overlaps[:_SHOWN]]
        more = [f"  and {len(self.overlaps) - _SHOWN} more"] if len(self.overlaps) > _SHOWN else []
        told = "\n".join([*lines, *more])
        super().__init__(
            f"The splits overlap, so what is tested was trained on:\n{told}\n"
            "Put each dialogue, and each person where they are known, into one part only."
        )


def make_splits(
    people_of: Mapping[str, Iterable[str]], *, seed: int, shares: Sequence[float] = SHARES
) -> dict[str, str]:
    """Return the part of every dialogue: one of `SPLITS`.

    `people_of` maps each dialogue to the people who are known to take part. Dialogues that are linked through people
    stay together (connected components). Components are taken largest first, those of one size in an order that `seed`
    gives, and each goes to the part that lacks most of its share; validation and test stay empty where there are too
    few components.
    """
    components = _components(people_of)
    components.sort(key=lambda group: (-len(group), hashlib.sha256(f"{seed} {group[0]}".encode()).digest()))
    lacking = [share * len(people_of) for share in shares]
    splits: dict[str, str] = {}
    for component in components:
        place = max(range(len(SPLITS)), key=lambda part: lacking[part])
        lacking[place] -= len(component)
        splits |= dict.fromkeys(component, SPLITS[place])
    return splits


def check_splits(placed: Iterable[tuple[str, str, Iterable[str]]]) -> None:
    """Check (dialogue, part, people) of each dialogue or item; an empty part counts as none.

    Raises:
        SplitOverlapError: a dialogue or a person is in several parts.

    """
    parts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for dialogue, split, people in placed:
        if split:
            parts["dialogue", dialogue].add(split)
            for person in people:
                if person:
                    parts["person", person].add(split)
    overlaps = [(*name, tuple(sorted(found))) for name, found in sorted(parts.items()) if len(found) > 1]
    if overlaps:
        raise SplitOverlapError(overlaps)


def _components(people_of: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the dialogues in groups that share people with no other group, in a fixed order."""
    parent = {key: key for key in sorted(people_of)}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    first: dict[str, str] = {}
    for key in parent:
        for person in filter(None, people_of[key]):
            parent[root(key)] = root(first.setdefault(person, key))
    groups: dict[str, list[str]] = defaultdict(list)
    for key in parent:
        groups[root(key)].append(key)
    return list(groups.values())
