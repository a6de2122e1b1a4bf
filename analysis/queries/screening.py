"""How participants came through the volume and the headphone screening."""

from dataclasses import dataclass, replace

from analysis.enums import Population
from analysis.queries.versions import KINDS
from annotations.models import StepResult


@dataclass(frozen=True, slots=True)
class Screened:
    """The last try at the headphones, how many there were, and the seconds of noise heard; None: not taken."""

    passed: bool | None = None
    score: int | None = None
    out_of: int | None = None
    attempts: int | None = None
    volume_s: float | None = None


def screened_of(version_pk: int, population: Population) -> dict[int, Screened]:
    """Return, by the participant's primary key, everyone of a population who took one of the two steps."""
    results = StepResult.objects.filter(
        participant__version=version_pk, participant__kind__in=KINDS[population], step__in=["volume", "headphones"]
    )
    fields = ("participant_id", "step", "passed", "score", "out_of", "attempt", "data__heard_s")
    found: dict[int, Screened] = {}
    for person, step, passed, score, out_of, attempt, heard_s in results.order_by("attempt").values_list(*fields):
        before = found.get(person, Screened())
        if step == "volume":
            found[person] = replace(before, volume_s=heard_s)
        else:
            found[person] = Screened(passed, score, out_of, attempt + 1, before.volume_s)
    return found
