"""How well one way of finding backchannels agrees with another, such as the rule with tags."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of utterances: found by both, by the rule only, by tags only. Scores of several dialogues add up."""

    both: int = 0
    rule_only: int = 0
    tag_only: int = 0

    @classmethod
    def of(cls, by_rule: Collection[int], by_tag: Collection[int]) -> "Score":
        """Compare the positions found in one dialogue.

        >>> Score.of(by_rule=[1, 4], by_tag=[4, 6, 9])
        Score(both=1, rule_only=1, tag_only=2)
        """
        rule, tag = set(by_rule), set(by_tag)
        return cls(len(rule & tag), len(rule - tag), len(tag - rule))

    def __add__(self, other: "Score") -> "Score":
        return Score(self.both + other.both, self.rule_only + other.rule_only, self.tag_only + other.tag_only)

    @property
    def precision(self) -> float | None:
        """The share of what the rule finds that is tagged; None where it finds nothing."""
        return _ratio(self.both, self.both + self.rule_only)

    @property
    def recall(self) -> float | None:
        """The share of what is tagged that the rule finds; None where nothing is tagged."""
        return _ratio(self.both, self.both + self.tag_only)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None where neither finds anything."""
        return _ratio(2 * self.both, 2 * self.both + self.rule_only + self.tag_only)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
