"""All clips in order: each gets a rank, 1 for the best (or whatever the first end says)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import override

from annotations.questions._per_clip import clip_rows, one_per_clip, read_ends
from annotations.questions.base import Given, Percept, QuestionKind, finite_number, number_text, shown


class Rank(QuestionKind):
    """Settings: `ends`, what the first and the last rank mean (best, worst). Always one judgement for each clip."""

    name = "rank"
    template = "annotations/questions/rank.html"
    always_per_clip = True
    setting_names = ("ends",)

    def check_settings(self, raw: Mapping[str, Any], *, per_clip: bool, languages: Sequence[str]) -> dict[str, Any]:
        """Return `ends`: two texts per language, or nothing if not given."""
        return {"ends": read_ends(raw.get("ends"), languages)}

    def read_answer(self, raw: object, *, settings: Mapping[str, Any], per_clip: bool, n_clips: int) -> list[Given]:
        """Return the rank of each slot; the answer is a list of the ranks 1 to k, each once, in slot order."""
        ranks = one_per_clip(raw, n_clips, "rank")
        given = [Given(slot=slot, value=_rank(rank, n_clips)) for slot, rank in enumerate(ranks)]
        self.check_together(given)
        return given

    def check_together(self, given: Sequence[Given]) -> None:
        """Refuse a rank that is given to two clips."""
        ranks = [one.value for one in given]
        if len(set(ranks)) < len(ranks):
            texts = [number_text(rank) for rank in ranks if rank is not None]
            raise ValueError(f"each rank is wanted once, not {', '.join(texts)}")

    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return `rows`: the clips in screen order, which is where they begin; and what the two `ends` mean."""
        with override(language):
            ends = [_("best"), _("worst")]
        return {"rows": clip_rows(presented, language), "ends": settings["ends"].get(language, ends)}

    def simulate(
        self,
        percept: Percept,
        *,
        settings: Mapping[str, Any],
        per_clip: bool,
        n_clips: int,
        rng: np.random.Generator,
    ) -> list[int]:
        """Return ranks by fit + noise · G, with G from the standard Gumbel distribution; ties are drawn.

        That is the Plackett-Luce model of rankings (Plackett 1975, The Analysis of Permutations): which clip comes
        first follows Luce's rule with the strengths fit / noise, as in `choice`. Without a context, or with infinite
        noise, every order is as likely.
        """
        heard = np.zeros(n_clips)
        if percept.fits is not None and not np.isinf(percept.noise):
            heard = percept.fits + percept.noise * rng.gumbel(size=n_clips)
        best_first = np.lexsort((rng.random(n_clips), -heard))
        return [int(rank) for rank in np.argsort(best_first) + 1]

    def to_csv(self, given: Given, clip_keys: Sequence[str]) -> str:
        """Return the rank."""
        if given.value is None:
            raise ValueError("a ranking holds a rank for each clip")
        return number_text(given.value)

    def from_csv(self, value: str, clip_keys: Sequence[str], *, settings: Mapping[str, Any]) -> Given:
        """Return the rank, from 1 to the number of clips. That each is given once cannot be seen in one row."""
        try:
            number = float(value)
        except ValueError:
            raise ValueError(f"a rank is wanted, not {shown(value)}") from None
        return Given(value=_rank(number, len(clip_keys)))


def _rank(raw: object, n_clips: int) -> float:
    rank = finite_number(raw)
    if rank not in range(1, n_clips + 1):
        raise ValueError(f"a rank from 1 to {n_clips} is wanted, not {number_text(rank)}")
    return rank


KIND = Rank()
