"""A dialogue as the text that a language model reads.

Turns are joined with ` / `; each is `<A> words`. Words said while the other was speaking stand inside `[ … ]` on the
listener's side and `{ … }` on the other. Consecutive utterances of one speaker are one turn, but a backchannel is
always a turn of its own. A context is the last n turns before an utterance and ends in its speaker's tag. Nothing in
it was said after that utterance began, and its marks do not tell that the utterance came.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from corpus.dialogues.dialogue import Dialogue, Word
from corpus.dialogues.overlap import Overlap, overlaps_of, timed_words
from corpus.dialogues.tags import by_tag

SEPARATOR = " / "
# Characters that mean something in this text.
_PLAIN = str.maketrans("<[{>]}", "((()))")


class _Piece(NamedTuple):
    """A run of utterances that make one turn: positions, whether it is a backchannel."""

    positions: tuple[int, ...]
    is_backchannel: bool


class Transcript:
    """The text of one dialogue; made once, it gives many contexts.

    `backchannels`: positions of the utterances that are backchannels; by default those tagged so.
    """

    def __init__(self, dialogue: Dialogue, backchannels: Collection[int] | None = None) -> None:
        self.dialogue = dialogue
        self.backchannels = frozenset(by_tag(dialogue) if backchannels is None else backchannels)
        self._overlaps = overlaps_of(dialogue.turns, self.backchannels)
        self._whole: dict[int, str] = {}
        self._pieces = list(self._grouped(range(len(dialogue.turns))))

    def text(self) -> str:
        """Return the whole dialogue."""
        return SEPARATOR.join(head + words for head, words, _ in self._turns())

    def spans(self) -> list[tuple[int, int]]:
        """Return where in `text()` the words of backchannels stand: (start, end) in characters, tags left out."""
        spans, place = [], 0
        for head, words, is_backchannel in self._turns():
            bare = words.strip("[]{} ")
            if is_backchannel and bare:
                start = place + len(head) + words.index(bare)
                spans.append((start, start + len(bare)))
            place += len(head) + len(words) + len(SEPARATOR)
        return spans

    def context(self, at: int, turns: int) -> str:
        """Return the last `turns` turns before the utterance at position `at`, ending in its speaker's tag."""
        parts = [_head(self.dialogue.turns[at].speaker).rstrip()]
        for piece in self._backwards(at):
            if len(parts) > turns:
                break
            words = " ".join(filter(None, (self._words(position, before=at) for position in piece.positions)))
            if words:
                parts.append(_head(self._speaker(piece)) + words)
        return SEPARATOR.join(reversed(parts))

    def _turns(self) -> Iterator[tuple[str, str, bool]]:
        for piece in self._pieces:
            words = " ".join(filter(None, (self._words(position) for position in piece.positions)))
            if words:
                yield _head(self._speaker(piece)), words, piece.is_backchannel

    def _speaker(self, piece: _Piece) -> str:
        return self.dialogue.turns[piece.positions[0]].speaker

    def _grouped(self, positions: Collection[int]) -> Iterator[_Piece]:
        """Give the turns that the utterances at `positions`, in order or backwards, make; each in order of time."""
        run: list[int] = []
        for position in positions:
            alone = position in self.backchannels
            if run and (alone or self.dialogue.turns[position].speaker != self.dialogue.turns[run[0]].speaker):
                yield _Piece(tuple(sorted(run)), False)
                run = []
            if alone:
                yield _Piece((position,), True)
            else:
                run.append(position)
        if run:
            yield _Piece(tuple(sorted(run)), False)

    def _backwards(self, at: int) -> Iterator[_Piece]:
        return self._grouped(range(at - 1, -1, -1))

    def _words(self, position: int, before: int | None = None) -> str:
        """Return the words of an utterance with their marks; `before` leaves out what came with or after that one."""
        if before is not None and not self._is_over(position, before):
            return self._cut(position, before)
        if position not in self._whole:
            self._whole[position] = _marked(timed_words(self.dialogue.turns[position]), self._overlaps[position])
        return self._whole[position]

    def _is_over(self, position: int, before: int) -> bool:
        """Return whether all of an utterance, and all that overlaps it, came before the utterance `before` began."""
        end, onset = self.dialogue.turns[position].end, self.dialogue.turns[before].start
        is_over = end is None or onset is None or end <= onset
        return is_over and all(overlap.other < before for overlap in self._overlaps[position])

    def _cut(self, position: int, before: int) -> str:
        onset = self.dialogue.turns[before].start
        overlaps = [overlap for overlap in self._overlaps[position] if overlap.other < before]
        words = timed_words(self.dialogue.turns[position])
        if onset is not None:
            words = tuple(word for word in words if word.start is None or word.start < onset)
        return _marked(words, overlaps)


def dialogue_text(dialogue: Dialogue, backchannels: Collection[int] | None = None) -> str:
    """Return the whole dialogue as text.

    >>> from corpus.dialogues.dialogue import Turn
    >>> turns = (Turn("A", "I moved."), Turn("A", "Last year."), Turn("B", "Uh-huh.", tag="b"), Turn("B", "Where to?"))
    >>> dialogue_text(Dialogue("d", turns))
    '<A> I moved. Last year. / <B> Uh-huh. / <B> Where to?'
    """
    return Transcript(dialogue, backchannels).text()


def context_text(dialogue: Dialogue, at: int, turns: int, backchannels: Collection[int] | None = None) -> str:
    """Return the last `turns` turns before the utterance at position `at`, ending in its speaker's tag.

    >>> from corpus.dialogues.dialogue import Turn
    >>> turns = (Turn("A", "Hi."), Turn("B", "Hello."), Turn("A", "I moved."), Turn("B", "Uh-huh.", tag="b"))
    >>> context_text(Dialogue("d", turns), at=3, turns=1)
    '<A> I moved. / <B>'
    """
    return Transcript(dialogue, backchannels).context(at, turns)


def backchannel_spans(dialogue: Dialogue, backchannels: Collection[int] | None = None) -> list[tuple[int, int]]:
    """Return where in `dialogue_text` the words of backchannels stand: (start, end) in characters."""
    return Transcript(dialogue, backchannels).spans()


def _head(speaker: str) -> str:
    return f"<{speaker.translate(_PLAIN)}> "


def _marked(words: Collection[Word], overlaps: Collection[Overlap]) -> str:
    parts: list[str] = []
    side = ""
    for word in words:
        now = _side(word, overlaps)
        if now != side:
            parts += [side[1]] if side else []
            parts += [now[0]] if now else []
        side = now
        plain = word.word.translate(_PLAIN)
        parts.append("," if plain == "/" else plain)
    return " ".join([*parts, side[1]] if side else parts)


def _side(word: Word, overlaps: Collection[Overlap]) -> str:
    """Return the marks of a word: those of the first utterance that overlaps it."""
    if word.start is None or word.end is None:
        return ""
    start, end = word.start, word.end
    return next((one.side for one in overlaps if one.start < end and one.end > start), "")
