"""The sentences in their sections, with the references that they name; as a page shows them and as Markdown."""

from dataclasses import dataclass

from analysis.report.methods.design import design
from analysis.report.methods.facts import Facts
from analysis.report.methods.listening import listening
from analysis.report.methods.models import models
from analysis.report.methods.references import named_in
from analysis.report.methods.statistics import statistics

SECTIONS = {"Trials": design, "Listeners": listening, "Models": models, "Statistics": statistics}


@dataclass(frozen=True, slots=True)
class Methods:
    """`sections`: heading and paragraph of each; `references` in alphabetical order."""

    sections: tuple[tuple[str, str], ...]
    references: tuple[str, ...]

    def markdown(self, title: str) -> str:
        """Return `methods.md`."""
        parts = [f"# Methods: {_plain(title)}"]
        parts += [f"## {heading}\n\n{_plain(paragraph)}" for heading, paragraph in self.sections]
        if self.references:
            parts.append("## References\n\n" + "\n".join(f"- {_plain(one)}" for one in self.references))
        return "\n\n".join(parts) + "\n"


def methods_of(facts: Facts) -> Methods:
    """Return the methods of a study; a section without a sentence is left out."""
    said = {heading: " ".join(sentences(facts)) for heading, sentences in SECTIONS.items()}
    sections = tuple((heading, paragraph) for heading, paragraph in said.items() if paragraph)
    return Methods(sections, tuple(named_in(paragraph for _, paragraph in sections)))


def _plain(text: str) -> str:
    r"""Return a text with what Markdown would read as marks made plain.

    >>> print(_plain("wavlm_base *"))
    wavlm\_base \*
    """
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#" else letter for letter in text)
