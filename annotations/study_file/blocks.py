"""The fixed sets of a study that is given out in blocks: as `trials.csv` names them, or made where none is named."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from annotations.design.blocks import make_blocks
from annotations.study_file.plan import TrialPlan
from annotations.study_file.schema import StudyDefinition
from annotations.study_file.source import YamlSource
from corpus.errors import ImportFaultsError


def with_blocks(definition: StudyDefinition, plans: Sequence[TrialPlan], source: YamlSource) -> list[TrialPlan]:
    """Return the trials, each in a block if the study is given out in blocks.

    Where no trial names a block, blocks of at most `trials_per_participant` trials are made, alike in tasks, strata and
    slots of the true response; no block has a context twice unless there are too few blocks. Raises
    `ImportFaultsError` if some name one and others do not.
    """
    ordinary = [plan for plan in plans if not plan.check]
    without = [plan.key for plan in ordinary if not plan.block]
    if definition.allocation.design != "blocks" or not without:
        return list(plans)
    if len(without) < len(ordinary):
        few = ", ".join(without[:5]) + (" …" if len(without) > 5 else "")
        what = f"{len(without)} trials are in no block, and others are: {few}"
        raise ImportFaultsError(
            [source.fault(("allocation", "design"), what, "Name a block for each trial, or for none")]
        )
    seed = definition.design[0].seed if definition.design else 0
    dealt = make_blocks(
        [(plan.task, plan.stratum, str(plan.true_slot)) for plan in ordinary],
        size=definition.allocation.trials_per_participant,
        seed=seed,
        apart=[plan.context or "" for plan in ordinary],
    )
    block_of = {plan.key: f"block-{block + 1:02}" for plan, block in zip(ordinary, dealt, strict=True)}
    return [replace(plan, block=block_of.get(plan.key, plan.block)) for plan in plans]


def block_sizes(plans: Sequence[TrialPlan]) -> Counter[str]:
    """Return the number of ordinary trials in each block."""
    return Counter(plan.block for plan in plans if not plan.check)
