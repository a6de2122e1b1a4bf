"""What can be done with corpora; each function is one transaction."""

from corpus.services.export_stimuli import export_stimuli
from corpus.services.import_stimuli import import_stimuli
from corpus.services.summary import ImportSummary

__all__ = ["ImportSummary", "export_stimuli", "import_stimuli"]
