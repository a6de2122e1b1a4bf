"""Every trial of a study: listed or made, dealt into blocks, with the checks that are asked for."""

from collections.abc import Sequence

from annotations.design.clips import Clip
from annotations.study_file.blocks import with_blocks
from annotations.study_file.checks import with_checks
from annotations.study_file.plan import TrialPlan, made_trials
from annotations.study_file.reading import ReadStudy
from annotations.study_file.trials import read_trials


def all_trials(read: ReadStudy, stimuli: Sequence[Clip]) -> list[TrialPlan]:
    """Return the trials of a study in the order of the plan, checks last unless the file lists them elsewhere.

    Raises `ImportFaultsError` listing everything that is wrong with the file of trials, or with the designs.
    """
    definition, source = read.definition, read.source
    if definition.trials:
        trials = read_trials(read.folder / definition.trials, definition, stimuli)
    else:
        trials = made_trials(definition, stimuli, source)
    return with_checks(definition, with_blocks(definition, trials, source), stimuli, source)
