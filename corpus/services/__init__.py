"""What can be done with corpora; each function is one transaction, but `import_dialogues`, which says why."""

from corpus.services.cut_clips import ClipsCut, cut_clips
from corpus.services.export_stimuli import export_stimuli
from corpus.services.extract_backchannels import extract_backchannels
from corpus.services.import_dialogues import DialogueImport, import_dialogues
from corpus.services.import_stimuli import import_stimuli
from corpus.services.summary import ImportSummary

__all__ = [
    "ClipsCut",
    "DialogueImport",
    "ImportSummary",
    "cut_clips",
    "export_stimuli",
    "extract_backchannels",
    "import_dialogues",
    "import_stimuli",
]
