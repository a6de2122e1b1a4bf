"""Whether the places of a study give every trial the ratings planned."""

from collections.abc import Iterator

from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, fault, note, warning

FEWEST_RATINGS = 3
"""Below this no trial can be unanimous, and nobody can be held against the others."""
SPARE = 1.1
"""More places than this times those needed are worth a word."""


def check_reach(facts: StudyFacts) -> Iterator[Finding]:
    """Yield what keeps trials from getting their ratings."""
    if not facts.ordinary:
        yield fault("trials", "there are none but checks", "Plan trials that ask what the study wants to know")
        return
    allocation = facts.definition.allocation
    if allocation.trials_per_participant > facts.pages and not facts.blocks:
        what = f"each participant gets all {facts.pages} trials ({allocation.trials_per_participant} are asked for)"
        yield note("allocation", what)
    if allocation.ratings_per_trial < FEWEST_RATINGS:
        what = f"{allocation.ratings_per_trial} ratings a trial allow neither unanimity nor a leave-one-out ceiling"
        yield warning("allocation", what, f"Set ratings_per_trial to {FEWEST_RATINGS} or more")
    yield from _places(facts)


def _places(facts: StudyFacts) -> Iterator[Finding]:
    ratings, places = facts.definition.allocation.ratings_per_trial, facts.definition.recruitment.places
    needed = facts.places_needed
    wanted = f"{len(facts.ordinary)} trials × {ratings} ratings = {len(facts.ordinary) * ratings} answers"
    if places is None:
        what = f"{wanted}, at {facts.pages} each: {needed} people; there is no limit on places"
        yield note("places", what, f"Set recruitment.places to {needed} and some more to replace who is excluded")
    elif places < needed:
        reached = facts.ratings_reached(places)
        what = f"{wanted}, but {places} places × {facts.pages} trials give only {reached:.1f} ratings a trial"
        yield warning("places", what, f"Offer {needed} places, or lower ratings_per_trial")
    elif places > SPARE * needed:
        what = f"{wanted}, at {facts.pages} each: {needed} people are enough, and there are {places} places"
        yield note("places", f"{what}; the others can replace who is excluded")
    else:
        yield note("places", f"{wanted}: {places} places × {facts.pages} trials give all of them")
