"""The README of the demo folder: the template in `texts/`, filled in from what was made."""

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from string import Template

from corpus.demo.clips import SOURCE_F0, Clip
from corpus.demo.dialogues import TEXTS, Dialogue, situations
from corpus.demo.prosody import PROSODIES
from corpus.demo.voices import LISTENERS, TELLERS
from corpus.demo.words import WORDS


def readme(*, seed: int, rate: int, gap: float, clips: Sequence[Clip], dialogues: Sequence[Dialogue]) -> str:
    """Return the text (Markdown); `rate` in Hz, `gap` in seconds from a context to its response."""
    template = Template((TEXTS / "README.md").read_text(encoding="utf-8"))
    return template.substitute(
        seed=seed,
        loader=version("espeakng-loader"),
        rate=rate,
        gap=gap,
        source_f0=SOURCE_F0,
        n_backchannels=len(clips),
        n_contexts=len(dialogues),
        n_words=len(WORDS),
        n_prosodies=len(PROSODIES),
        n_listeners=len(LISTENERS),
        words=", ".join(word.token for word in WORDS),
        listeners=", ".join(voice.name for voice in LISTENERS),
        tellers=", ".join(voice.name for voice in TELLERS),
        prosodies=_table(
            (
                kind.name,
                ", ".join(f"{semitones:+.1f}" for semitones in kind.melody),
                f"× {kind.stretch}",
                kind.level,
                kind.effort,
            )
            for kind in PROSODIES
        ),
        situations=_table((kind.name, kind.when, kind.suits, ", ".join(kind.words)) for kind in situations()),
    )


def _table(rows: Iterable[Iterable[object]]) -> str:
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)
