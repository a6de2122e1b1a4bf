"""What is embedded of every item, and by what."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import PurePath
from typing import Any

PARTS = ("backchannel", "context")
SOURCES = ("audio", "lm", "sentences", "form")
SIDES = ("both", "other")
RUN = "run:"
"""Begins the name of a language model that is a training run; its digest follows."""


@dataclass(frozen=True, slots=True)
class VectorSettings:
    """The `part` of an item (backchannel or context) is embedded from its `source`.

    `audio`: the sound through an encoder (`model`, with its `options`). Of a backchannel its span on its speaker's
    channel; of a context the last `seconds` before it, of `side` both (all speakers mixed to one, as a listener hears
    them) or other (without the speaker who then backchannels).
    `lm`: the text through the language model `model` (a name, a folder, or run:DIGEST), of a context the last
    `turns` turns; `before`: of a run the model that it began with.
    `sentences`: the same through a sentence encoder.
    `form`: the word form as an indicator of the `forms` commonest ones; of backchannels only.
    """

    part: str = "context"
    source: str = "lm"
    model: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    turns: int = 5
    before: bool = False
    precision: str = "float32"
    seconds: float = 1.0
    side: str = "both"
    forms: int = 500

    @property
    def is_text(self) -> bool:
        """Whether words are read."""
        return self.source in ("lm", "sentences")

    @property
    def name(self) -> str:
        """The name of the part of a context: audio, lm_3, lm_before_3, sentences_3; of a backchannel its source."""
        words = [self.source, "before" if self.before else ""]
        if self.is_text and self.part == "context":
            words.append(str(self.turns))
        return "_".join(filter(None, words))

    @property
    def run(self) -> str:
        """The digest of the training run that `model` names; empty where it is none."""
        return self.model.removeprefix(RUN) if self.model.startswith(RUN) else ""


# What each source heeds, beside part, source and model: the others keep their defaults, so that equal is equal.
HEEDED = {"audio": ("options",), "lm": ("before", "precision"), "sentences": (), "form": ("forms",)}
OF_CONTEXTS = {"audio": ("seconds", "side"), "lm": ("turns",), "sentences": ("turns",), "form": ()}


def complete(raw: Mapping[str, Any]) -> VectorSettings:
    """Return the settings complete; raise `ValueError` saying what to write."""
    known = [each.name for each in fields(VectorSettings)]
    unknown = sorted(set(raw) - set(known))
    if unknown:
        raise ValueError(f"there is no setting {', '.join(unknown)}. Settings: {', '.join(known)}")
    given = VectorSettings(**raw)
    _check(given)
    heeded = {"part", "source", "model", *HEEDED[given.source]}
    if given.part == "context":
        heeded |= set(OF_CONTEXTS[given.source])
    settings = VectorSettings(**{name: getattr(given, name) for name in known if name in heeded})
    if settings.source == "audio":
        from modeling.ml.encoders import check_settings

        return VectorSettings(**asdict(settings) | {"options": check_settings(settings.model, settings.options)})
    if settings.is_text and not settings.run:
        from modeling.ml.weights import settled_name

        return VectorSettings(**asdict(settings) | {"model": settled_name(settings.model)})
    return settings


def label(settings: VectorSettings) -> str:
    """Return the short name for figures."""
    if settings.source == "form":
        return f"word form indicator ({settings.forms})"
    if settings.source == "audio":
        from modeling.ml.encoders import label_of

        heard = f"last {settings.seconds:g} s, {settings.side}" if settings.part == "context" else "clip"
        return f"{label_of(settings.model, settings.options)}, {heard}"
    model = f"run {settings.run[:12]}" if settings.run else PurePath(settings.model).name
    read = f"{settings.turns} turn{'s' if settings.turns != 1 else ''}" if settings.part == "context" else "words"
    return f"{model}{' before' if settings.before else ''}, {read}"


def _check(given: VectorSettings) -> None:
    for name, choices in (("part", PARTS), ("source", SOURCES), ("side", SIDES)):
        if getattr(given, name) not in choices:
            raise ValueError(f"{name} is one of {', '.join(choices)}, not {getattr(given, name)!r}")
    if given.source == "form" and given.part == "context":
        raise ValueError("a context has no word form; embed its text (lm, sentences) or its sound (audio)")
    if given.source != "form" and not given.model:
        raise ValueError(f"source {given.source} needs a model: its name or folder")
    if given.before and given.source != "lm":
        raise ValueError("before is of language models that a training run has made")
    if given.turns < 1 or given.forms < 1 or not 0 < given.seconds <= 60:
        raise ValueError("turns and forms are from 1, seconds above 0 and at most 60")
    if given.precision not in ("float32", "bfloat16"):
        raise ValueError(f"precision is float32 or bfloat16, not {given.precision!r}")
