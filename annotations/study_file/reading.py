"""Read a study file whole: either a complete definition or every fault at once."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from annotations.platforms import platform_called
from annotations.study_file.faults import faults_of
from annotations.study_file.instructed import instructed_faults
from annotations.study_file.loose_ends import loose_ends, misfits
from annotations.study_file.parts import Checks, Recruitment
from annotations.study_file.return_url import return_url_faults
from annotations.study_file.schema import QuestionDefinition, StudyDefinition, TaskDefinition
from annotations.study_file.source import YamlSource, read_yaml
from annotations.study_file.texts import TextReader
from annotations.study_file.written import WrittenQuestion, WrittenStudy, WrittenTask, context_of
from corpus.errors import Fault, ImportFaultsError


@dataclass(frozen=True, slots=True)
class ReadStudy:
    """A study file that can be loaded; `consent` holds per language the text and its SHA-256."""

    definition: StudyDefinition
    consent: dict[str, dict[str, str]]
    source: YamlSource
    folder: Path


def read_study(path: Path) -> ReadStudy:
    """Return what a study file says; raise `ImportFaultsError` listing everything wrong with it and its texts."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        fault = Fault(str(path), 0, "", f"the file cannot be read ({error.strerror})", "Check its name and place")
        raise ImportFaultsError([fault]) from error
    source = read_yaml(raw, file=str(path))
    faults = [*loose_ends(source), *return_url_faults(source)]
    context = context_of(source.data)
    texts = TextReader(path.parent, context.languages, source)
    consent, instructions = (
        texts.consent(source.data.get("consent")),
        texts.instructions(source.data.get("instructions")),
    )
    faults += texts.faults
    try:
        written = WrittenStudy.model_validate(source.data, context=context)
    except ValidationError as error:
        raise ImportFaultsError(_in_order([*faults_of(error, source), *faults])) from error
    definition = _complete(written, context.languages, instructions)
    faults = faults or [*misfits(definition, source), *instructed_faults(definition, source)]
    if faults:
        raise ImportFaultsError(_in_order(faults))
    return ReadStudy(definition, consent, source, path.parent)


def _in_order(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.line)


def _complete(written: WrittenStudy, languages: list[str], instructions: dict[str, str]) -> StudyDefinition:
    """Return the definition with every default filled in."""
    return StudyDefinition(
        slug=written.slug,
        languages=languages,
        title=written.title,
        instructions=instructions,
        corpus=written.corpus or written.slug,
        stimuli=written.stimuli or "",
        trials=written.trials or "",
        design=written.design or [],
        tasks=[_task(name, task, languages) for name, task in written.tasks.items()],
        screening=written.screening,
        before=[question.stored for question in written.before],
        after=[question.stored for question in written.after],
        comprehension=written.comprehension.stored if written.comprehension else None,
        examples=written.examples,
        practice=written.practice,
        feedback=written.feedback,
        remind_after_minutes=written.remind_after_minutes,
        checks=Checks.model_validate(written.checks.model_dump()),
        allocation=written.allocation,
        recruitment=_recruitment(written.recruitment),
        exclude=written.exclude,
    )


def _task(name: str, task: WrittenTask, languages: list[str]) -> TaskDefinition:
    questions = [_question(question, languages) for question in task.questions]
    return TaskDefinition(name=name, show=task.show, questions=questions)


def _question(question: WrittenQuestion, languages: list[str]) -> QuestionDefinition:
    return QuestionDefinition(
        name=question.name,
        kind=question.kind,
        per_clip=question.per_clip,
        text=question.text,
        settings=question.settings(languages),
    )


def _recruitment(written: Recruitment) -> Recruitment:
    parameter = written.id_parameter or platform_called(written.platform).id_parameter
    return written.model_copy(update={"id_parameter": parameter})
