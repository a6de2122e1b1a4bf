"""Errors of the analysis that a user can mend."""

from corpus.errors import DomainError


class AnalysisError(DomainError):
    """A figure, an export or an import cannot be made."""
