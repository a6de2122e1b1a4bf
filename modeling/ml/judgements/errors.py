"""What can be wrong with files of judgements."""

from modeling.ml.errors import TrainingError


class JudgementsError(TrainingError):
    """A file of judgements cannot be read, was changed, or is not what is asked for."""
