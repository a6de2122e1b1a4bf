"""Errors of the listening tasks that a user can mend."""

from corpus.errors import DomainError


class StudyError(DomainError):
    """A study cannot do what was asked of it."""
