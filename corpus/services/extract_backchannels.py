"""Find the backchannels of a corpus and give each dialogue its part."""

import hashlib
import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from corpus.dialogues import Dialogue, Score, by_rule, by_tag, check_splits, form_of, make_splits, overlaps_of
from corpus.enums import ExtractionMethod
from corpus.errors import DomainError
from corpus.models import Backchannel, Channel, Corpus, Extraction, Turn
from corpus.queries.dialogues import dialogue_rows_of
from corpus.services.extraction_settings import ExtractionSettings, extraction_settings
from corpus.services.insert_rows import insert_rows
from corpus.services.summary import Range

_FORMS = 20  # commonest forms that are told
_LONGEST_FORM = 200

Found = tuple[int, int, str, str, float | None, float | None, bool | None, str]
"""Dialogue's row, position, speaker, form, start, end, overlap, part: small, for there may be hundreds of thousands."""


@dataclass(slots=True)
class _Tally:
    """What is counted on the way."""

    dialogues: Counter[str] = field(default_factory=Counter)
    items: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    overlaps: Counter[bool | None] = field(default_factory=Counter)
    durations: "array[float]" = field(default_factory=lambda: array("d"))
    utterances: int = 0
    tagged: bool = False
    score: Score = field(default_factory=Score)

    def figures(self) -> dict[str, Any]:
        """Return all of it as JSON holds it; durations in seconds."""
        score, lengths = self.score, Range.of(self.durations) if self.durations else None
        return {
            "utterances": self.utterances,
            "dialogues": dict(self.dialogues),
            "items": dict(self.items),
            "forms": [[form, count] for form, count in self.forms.most_common(_FORMS)],
            "distinct_forms": len(self.forms),
            "overlapping": self.overlaps[True],
            "timed": len(self.durations),
            "seconds": [lengths.low, lengths.middle, lengths.high] if lengths else None,
            "rule_against_tags": {
                "both": score.both,
                "rule_only": score.rule_only,
                "tag_only": score.tag_only,
                "precision": score.precision,
                "recall": score.recall,
                "f1": score.f1,
            }
            if self.tagged
            else None,
        }


def extract_backchannels(
    *, corpus_slug: str, method: str | None = None, given: Mapping[str, str] | None = None
) -> Extraction:
    """Find the backchannels of the corpus's dialogues, by tag or by rule, and store them with their parts.

    `method`: `tag` or `rule`; by default tags where the corpus has any. `given`: parameters by name. The same
    dialogues, method and parameters are one extraction: asked for again, it is returned as it is.

    Raises:
        DomainError: there is no such corpus, nothing in it, no such parameter, or nothing was found.
        SplitOverlapError: the corpus's own parts share a person.

    """
    corpus = Corpus.objects.filter(slug=corpus_slug).first()
    if corpus is None or not corpus.dialogues_digest:
        names = ", ".join(Corpus.objects.exclude(dialogues_digest="").values_list("slug", flat=True)) or "none yet"
        raise DomainError(f"There is no corpus {corpus_slug!r} with dialogues. There are: {names}.")
    settings = extraction_settings(method or _usual_method(corpus), {"by": _usual_parts(corpus), **(given or {})})
    digest = _digest(corpus, settings)
    if known := Extraction.objects.filter(digest=digest).first():
        return known
    parts = _parts(corpus, settings)
    tally = _Tally()
    found = list(_search(corpus, settings, parts, tally))
    if not found:
        raise DomainError(
            f"No backchannel was found in {corpus_slug} by {settings.method}. "
            "Look at the tags of its utterances, or set the words of the rule with --set words=…"
        )
    extraction = Extraction(
        corpus=corpus,
        method=settings.method,
        parameters=settings.parameters(),
        digest=digest,
        corpus_digest=corpus.dialogues_digest,
        parts=parts,
        item_count=len(found),
        figures=tally.figures(),
    )
    return _stored(extraction, found)


def _usual_method(corpus: Corpus) -> str:
    tagged = Turn.objects.filter(dialogue__corpus=corpus).exclude(tag="").exists()
    return ExtractionMethod.TAG if tagged else ExtractionMethod.RULE


def _usual_parts(corpus: Corpus) -> str:
    """Return `corpus` where every dialogue came in a part, else `speaker`."""
    return "speaker" if None in corpus.dialogues.order_by().values_list("attributes__split", flat=True) else "corpus"


def _digest(corpus: Corpus, settings: ExtractionSettings) -> str:
    told = [corpus.slug, corpus.dialogues_digest, settings.method, settings.parameters()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _parts(corpus: Corpus, settings: ExtractionSettings) -> dict[str, str]:
    """Return the part of every dialogue, and raise where parts share a person that they should not share."""
    own: dict[str, str] = dict(corpus.dialogues.order_by().values_list("key", "attributes__split"))
    splits, people = settings.splits, _people(corpus)
    if splits.by == "corpus":
        missing = sorted(key for key, part in own.items() if not part)
        if missing:
            raise DomainError(f"{len(missing)} dialogues came in no part, {missing[0]} first. Give by=speaker.")
        check_splits((key, part, people[key]) for key, part in own.items())
        return own
    known = {key: people[key] if splits.by == "speaker" else () for key in own}
    made = make_splits(known, seed=splits.seed, shares=splits.parsed_shares())
    check_splits((key, part, known[key]) for key, part in made.items())
    return made


def _people(corpus: Corpus) -> dict[str, list[str]]:
    people: dict[str, list[str]] = defaultdict(list)
    known = Channel.objects.filter(dialogue__corpus=corpus).exclude(speaker="").order_by()
    for key, person in known.values_list("dialogue__key", "speaker"):
        people[key].append(person)
    return people


def _search(corpus: Corpus, settings: ExtractionSettings, parts: Mapping[str, str], tally: _Tally) -> Iterator[Found]:
    for row, dialogue in dialogue_rows_of(corpus):
        ruled, tagged = by_rule(dialogue, settings.rule), by_tag(dialogue, settings.tags)
        positions = tagged if settings.method == ExtractionMethod.TAG else ruled
        part = parts[dialogue.key]
        tally.dialogues[part] += 1
        tally.items[part] += len(positions)
        tally.utterances += len(dialogue.turns)
        tally.tagged = tally.tagged or any(turn.tag for turn in dialogue.turns)
        tally.score += Score.of(ruled, tagged)
        yield from _found(row, dialogue, positions, part, tally)


def _found(row: int, dialogue: Dialogue, positions: list[int], part: str, tally: _Tally) -> Iterator[Found]:
    overlaps = overlaps_of(dialogue.turns, frozenset(positions))
    for at in positions:
        turn = dialogue.turns[at]
        form = form_of(turn.text)[:_LONGEST_FORM]
        is_timed = turn.start is not None and turn.end is not None
        overlap = bool(overlaps[at]) if is_timed else None
        tally.forms[form] += 1
        tally.overlaps[overlap] += 1
        if turn.start is not None and turn.end is not None:
            tally.durations.append(turn.end - turn.start)
        yield row, at, turn.speaker, form, turn.start, turn.end, overlap, part


@transaction.atomic
def _stored(extraction: Extraction, found: list[Found]) -> Extraction:
    """Store it, unless another process did meanwhile."""
    kept, is_new = Extraction.objects.get_or_create(
        digest=extraction.digest,
        defaults={
            name: getattr(extraction, name)
            for name in ("corpus", "method", "parameters", "corpus_digest", "parts", "item_count", "figures")
        },
    )
    if is_new:
        names = ("extraction", "dialogue", "position", "speaker", "form", "start", "end", "overlap", "split")
        insert_rows(Backchannel, names, ((kept.pk, *one) for one in found))
    return kept
