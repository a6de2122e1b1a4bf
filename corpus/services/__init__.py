"""What can be done with corpora; each function is one transaction."""

from corpus.services.import_stimuli import import_stimuli
from corpus.services.summary import ImportSummary

__all__ = ["ImportSummary", "import_stimuli"]
