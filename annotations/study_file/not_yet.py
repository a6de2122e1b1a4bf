"""What a study file may say already and nothing acts upon yet: it is kept, and said aloud when it is loaded."""

from collections.abc import Iterator

from annotations.study_file.schema import StudyDefinition


def not_yet(definition: StudyDefinition) -> tuple[str, ...]:
    """Return the keys of a definition that change nothing in how the study runs today."""
    return tuple(_idle_keys(definition))


def _idle_keys(definition: StudyDefinition) -> Iterator[str]:
    if definition.recruitment.codes.failed_attention:
        yield "recruitment.codes.failed_attention"
