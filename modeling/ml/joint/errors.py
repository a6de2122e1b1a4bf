"""What can go wrong with stage 2: where, what, and what to do about it."""


class JointError(Exception):
    """The joint space cannot be trained or used. `reason` says where and what, `advice` how to mend it."""

    def __init__(self, reason: str, advice: str) -> None:
        self.reason = reason
        self.advice = advice
        super().__init__(f"{reason} {advice}")


class ItemsError(JointError):
    """The cached embeddings do not fit together, or cannot be learned from."""


class SplitOverlapError(ItemsError):
    """A dialogue or a speaker is in two splits."""


class CheckpointError(JointError):
    """A checkpoint is damaged, or belongs to other data or settings."""


class TrainingDivergedError(JointError):
    """The loss is no longer a finite number."""
