"""The parts of a question's trials that have figures of their own: by stratum, by words and by voices.

`stratum` is the column of that name, as whoever planned the trials filled it in. The other two are read off the clips:

- `words`: the word that all clips of a trial share, else its lexical set, the different words in alphabetical order
  (`different words` where there are very many sets);
- `speakers`: whether the clips are of the `same` speaker, of `different` ones, or of `two` (of three; else `several`).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from analysis.queries.plan import TRIAD, Plan, PlannedTrial

STRATUM, WORDS, SPEAKERS = "stratum", "words", "speakers"
PARTS = (STRATUM, WORDS, SPEAKERS)
NO_STRATUM = "none"
OTHER_WORDS, DIFFERENT_WORDS = "other words", "different words"
FEWEST, MOST_SETS = 3, 12
"""Lexical sets of fewer trials, or more sets, are taken together: of many words nearly every trial has its own."""


def parts_of(plan: Plan, trials: Collection[int]) -> dict[str, dict[int, str]]:
    """Return by kind of part the label of each of some trials, given by their place in the plan.

    A kind is there if it has two labels or more; `words` not if it parts the trials as `stratum` does. Trials of which
    the words or speakers are not known are in no part by them.
    """
    chosen = {at: plan.trials[at] for at in sorted(trials)}
    found = {
        STRATUM: {at: trial.stratum or NO_STRATUM for at, trial in chosen.items()},
        WORDS: _pooled({at: (words_of(trial), len(set(trial.tokens)) > 1) for at, trial in chosen.items()}),
        SPEAKERS: _known({at: speakers_of(trial) for at, trial in chosen.items()}),
    }
    several = {kind: labels for kind, labels in found.items() if len(set(labels.values())) > 1}
    if STRATUM in several and WORDS in several and _parted_alike(several[STRATUM], several[WORDS]):
        del several[WORDS]
    return several


def words_of(trial: PlannedTrial) -> str:
    """Return the different words of a trial's clips, empty where one is not known.

    >>> from analysis.queries.plan import PlannedTrial
    >>> nothing = dict.fromkeys(("pk", "key", "task", "context", "context_pk", "clips", "clip_pks", "true_slot"))
    >>> nothing |= dict.fromkeys(("stratum", "block", "check", "answers", "planned"))
    >>> words_of(PlannedTrial(**nothing, tokens=("yeah", "mhm", "yeah")))
    'mhm, yeah'
    """
    return ", ".join(sorted(set(trial.tokens))) if all(trial.tokens) else ""


def speakers_of(trial: PlannedTrial) -> str:
    """Return whether the clips are of the same speaker or of different ones, empty where one is not known."""
    voices, n = len(set(trial.speakers)), len(trial.speakers)
    if n < 2 or not all(trial.speakers):
        return ""
    return {1: "same", n: "different"}.get(voices, "two" if n == TRIAD else "several")


def _pooled(labels: Mapping[int, tuple[str, bool]]) -> dict[int, str]:
    """Return the words of each trial, from them and whether they differ; small or very many sets are taken together."""
    known = {at: one for at, one in labels.items() if one[0]}
    size = Counter(words for words, _ in known.values())
    n_sets = len({words for words, differ in known.values() if differ and size[words] >= FEWEST})
    if n_sets > MOST_SETS:
        return {at: DIFFERENT_WORDS if differ else words for at, (words, differ) in known.items()}
    return {at: words if size[words] >= FEWEST else OTHER_WORDS for at, (words, _) in known.items()}


def _known(labels: Mapping[int, str]) -> dict[int, str]:
    return {at: label for at, label in labels.items() if label}


def _parted_alike(one: Mapping[int, str], other: Mapping[int, str]) -> bool:
    """Tell whether two ways to part the same trials make the same parts, whatever they are called."""
    if set(one) != set(other):
        return False
    pairs: Sequence[tuple[str, str]] = [(one[at], other[at]) for at in one]
    return len(set(pairs)) == len(set(one.values())) == len(set(other.values()))
