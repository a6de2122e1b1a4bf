"""Errors of embedding runs that a user can mend."""

from corpus.errors import DomainError


class RunError(DomainError):
    """A run cannot do what was asked of it."""
