"""The methods of a study in words that can go into a paper: each sentence only where it is true of this study."""

from analysis.report.methods.facts import Facts
from analysis.report.methods.text import Methods, methods_of

__all__ = ["Facts", "Methods", "methods_of"]
