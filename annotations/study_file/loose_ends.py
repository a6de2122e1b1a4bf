"""What must fit together between the parts of a study file."""

import re
from collections.abc import Iterator
from typing import Any

from annotations.questions import get_kind
from annotations.study_file.parts import ContextDesign
from annotations.study_file.schema import StudyDefinition
from annotations.study_file.source import YamlSource
from annotations.study_file.written_texts import nearest
from corpus.errors import Fault

LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")
TRIAD = 3


def loose_ends(source: YamlSource) -> Iterator[Fault]:
    """Yield what is missing or named without being there, in a file whose parts may have faults of their own."""
    raw: dict[str, Any] = source.data
    if not raw.get("stimuli") and not raw.get("corpus"):
        mend = "Add `stimuli: stimuli.csv`, or `corpus: NAME` if they are imported already"
        yield source.fault((), "the study has no stimuli", mend)
    if bool(raw.get("trials")) == bool(raw.get("design")):
        what = "there are both `trials` and `design`" if raw.get("trials") else "the study has no trials"
        yield source.fault((), what, "Give either `trials: trials.csv` or `design: [...]`")
    title = raw.get("title")
    for language in title if isinstance(title, dict) else ():
        if not LANGUAGE.match(language):
            yield source.fault(("title", language), "this is no language", "Write a code such as en, sv or pt-BR")
    tasks = raw.get("tasks")
    names = list(tasks) if isinstance(tasks, dict) else []
    for at, entry in enumerate(raw["design"] if isinstance(raw.get("design"), list) else ()):
        task = entry.get("task") if isinstance(entry, dict) else None
        if isinstance(task, str) and task not in names:
            yield source.fault(("design", at, "task"), f"there is no task {task!r}", nearest(task, names))


def misfits(definition: StudyDefinition, source: YamlSource) -> Iterator[Fault]:
    """Yield where a design makes trials that its task cannot show or ask."""
    for at, design in enumerate(definition.design):
        task = definition.task(design.task)
        with_context = isinstance(design, ContextDesign)
        if task.show and not with_context:
            what = f"task {task.name} shows a context, and {design.make} have none"
            yield source.fault(("design", at, "task"), what, "Take `show` away from the task, or make contexts")
        n_clips = design.foils + 1 if isinstance(design, ContextDesign) else TRIAD
        for question in task.questions:
            wanted = get_kind(question.kind).n_clips
            if wanted not in (None, n_clips):
                what = (
                    f"question {question.name} ({question.kind}) needs {wanted} clips, and these trials have {n_clips}"
                )
                yield source.fault(("design", at), what, "Change the number of foils or the question")
