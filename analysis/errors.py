"""Errors of the analysis that a user can mend."""

from collections.abc import Sequence

from corpus.errors import DomainError


class AnalysisError(DomainError):
    """A figure, an export or an import cannot be made."""


class UnknownStudyError(AnalysisError):
    """There is no such study, or no such version of it."""

    @classmethod
    def slug(cls, slug: str, known: Sequence[str]) -> "UnknownStudyError":
        """Name the studies there are."""
        there = ", ".join(known) if known else "none yet; `manage.py load_study study.yaml` makes one"
        return cls(f"There is no study {slug!r}. Studies here: {there}.")

    @classmethod
    def version(cls, slug: str, number: int, known: Sequence[int]) -> "UnknownStudyError":
        """Name the versions there are."""
        there = ", ".join(map(str, known)) if known else "none; load its study.yaml first"
        return cls(f"Study {slug!r} has no version {number}. Its versions: {there}.")


class UnknownRunError(AnalysisError):
    """No embedding run, or more than one, goes by that name."""

    @classmethod
    def named(cls, name: str, candidates: Sequence[str]) -> "UnknownRunError":
        """Say which finished runs could have been meant."""
        there = "; ".join(candidates) if candidates else "none; `manage.py embed STUDY --encoder NAME` makes one"
        return cls(f"{name!r} does not name one finished embedding run of this corpus. Finished runs: {there}.")


class FolderInTheWayError(AnalysisError):
    """The export's folder holds something that is no earlier export."""

    @classmethod
    def at(cls, folder: str, strange: Sequence[str]) -> "FolderInTheWayError":
        """Name the folder and the first things in it that would be lost."""
        what = ", ".join(strange[:3]) + (", …" if len(strange) > 3 else "")
        return cls(
            f"{folder} holds something that no export wrote ({what}). "
            "Give an empty folder, a new one, or one with nothing but an earlier export to --output."
        )


class NoPerceptsError(AnalysisError):
    """Simulated listeners have nothing to hear by."""
