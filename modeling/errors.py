"""Errors of embedding runs that a user can mend."""

from corpus.errors import DomainError


class RunError(DomainError):
    """A run cannot do what was asked of it."""


class EmptyCorpusError(RunError):
    """There is nothing to embed."""

    def __init__(self, corpus: str) -> None:
        super().__init__(f"Corpus {corpus!r} has no stimuli. Import some first: manage.py import_stimuli CSV")


class UnknownEncoderError(RunError):
    """There is no encoder of that name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no encoder {name!r}. Encoders: {', '.join(known)}.")


class EncoderSettingsError(RunError):
    """An encoder cannot work with these settings."""


class LeaseLostError(RunError):
    """Another worker has taken over the run; what this one computed since its last batch is not stored."""

    def __init__(self, run: str) -> None:
        super().__init__(f"Run {run}: another worker has taken over, or it was cancelled.")


class UnknownKindError(RunError):
    """There is no such kind of training."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"There is no kind of training {name!r}. Kinds: {', '.join(known)}.")


class TrainingSettingsError(RunError):
    """Nothing can be trained with these settings."""


class NothingToTrainOnError(RunError):
    """A corpus has no dialogues, or no backchannels were found in them."""

    def __init__(self, corpus: str, what: str, command: str) -> None:
        super().__init__(f"Corpus {corpus!r} has no {what}. Bring them first: manage.py {command}")
