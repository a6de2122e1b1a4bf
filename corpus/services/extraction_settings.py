"""What can be set of an extraction, by name, from the command line or a form."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from corpus.dialogues import BACKCHANNEL_TAGS, SPLITS, Rule
from corpus.errors import DomainError

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class TagSettings:
    """By tags: those that count as backchannels, separated by spaces; their variants (b@, bh^r) count too."""

    tags: str = " ".join(BACKCHANNEL_TAGS)


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """The parts: how they are made, from which seed, and the shares of train, validation and test.

    `by`: `corpus` keeps the parts the corpus came in; `speaker` shares no dialogue and no known person between parts;
    `dialogue` shares no dialogue, while people may recur. Without it, `corpus` where every dialogue came in a part.
    """

    by: str = "speaker"
    seed: int = 0
    shares: str = "0.8 0.1 0.1"

    def parsed_shares(self) -> tuple[float, ...]:
        """Return the three shares. Raises `DomainError` unless they are three and make 1."""
        try:
            shares = tuple(float(part) for part in self.shares.split())
        except ValueError:
            shares = ()
        if len(shares) != len(SPLITS) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
            message = f"shares={self.shares!r} are no three shares that make 1. Give, for example, 0.8 0.1 0.1."
            raise DomainError(message)
        return shares


@dataclass(frozen=True, slots=True)
class ExtractionSettings:
    """Everything that decides what an extraction finds."""

    method: str
    found_by: TagSettings | Rule
    splits: SplitSettings

    def parameters(self) -> dict[str, Any]:
        """Return all of it as it is recorded."""
        return {"found_by": asdict(self.found_by), "splits": asdict(self.splits)}

    @property
    def rule(self) -> Rule:
        """The rule that is compared with tags: the one that was set, else the rule as it is by default."""
        return self.found_by if isinstance(self.found_by, Rule) else Rule()

    @property
    def tags(self) -> Sequence[str]:
        """The tags that count."""
        found_by = self.found_by if isinstance(self.found_by, TagSettings) else TagSettings()
        return found_by.tags.split()


def extraction_settings(method: str, given: Mapping[str, str]) -> ExtractionSettings:
    """Return the settings for a method, `tag` or `rule`, with what is `given` by name.

    Raises:
        DomainError: a name or a value does not exist, with those that do.

    """
    kind: type[TagSettings | Rule] = Rule if method == "rule" else TagSettings
    own = {one.name for one in fields(kind)}
    parts = {one.name for one in fields(SplitSettings)}
    for name in given:
        if name not in own | parts:
            raise DomainError(f"Method {method} has no parameter {name!r}. It has: {', '.join(sorted(own | parts))}.")
    splits = SplitSettings(**_values(SplitSettings, given))
    if splits.by not in ("corpus", "speaker", "dialogue"):
        raise DomainError(f"by={splits.by!r} is no way to make parts. Give corpus, speaker or dialogue.")
    splits.parsed_shares()
    return ExtractionSettings(method, kind(**_values(kind, given)), splits)


def _values(kind: type[Any], given: Mapping[str, str]) -> dict[str, Any]:
    return {one.name: _value(one.name, one.type, given[one.name]) for one in fields(kind) if one.name in given}


def _value(name: str, kind: Any, text: str) -> Any:
    try:
        if kind is bool:
            if text.lower() not in _TRUE | _FALSE:
                raise ValueError(text)
            return text.lower() in _TRUE
        value = kind(text)
    except ValueError:
        called = {bool: "yes or no", int: "a whole number", float: "a number"}[kind]
        raise DomainError(f"{name}={text!r} is not {called}.") from None
    if kind is not str and (value != value or value < 0):
        raise DomainError(f"{name}={text!r} is below 0 or no number.")
    return value
