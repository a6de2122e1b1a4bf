"""Parse ELAN's `.eaf` with expat, which knows the line of everything."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

_MEND = "Open it in ELAN and save it again"


class EafError(Exception):
    """The file is no EAF; `line`, `what` is wrong and how to `mend` it."""

    def __init__(self, line: int, what: str, mend: str = _MEND) -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


@dataclass(slots=True)
class Annotation:
    """An annotation: two time slots if `slots`, else it belongs to annotation `parent`."""

    key: str
    line: int
    slots: tuple[str, str] | None
    parent: str
    text: str = ""


@dataclass(slots=True)
class EafTier:
    """A tier and its annotations in the order of the file; `parent` is the tier it depends on, empty if none."""

    name: str
    line: int
    participant: str
    parent: str
    annotations: list[Annotation] = field(default_factory=list)


@dataclass(slots=True)
class Eaf:
    """A file: time slots in the order of the file (id and milliseconds, None where not aligned) and tiers."""

    slots: dict[str, float | None] = field(default_factory=dict)
    tiers: list[EafTier] = field(default_factory=list)


def parse_eaf(path: Path) -> Eaf:
    """Return what the file holds. Raises `EafError`."""
    handler = _Handler()
    try:
        handler.parser.Parse(path.read_bytes(), True)
    except OSError as error:
        raise EafError(0, f"cannot be opened ({error.strerror})", "Check the path and your right to read it") from None
    except expat.ExpatError as error:
        raise EafError(error.lineno, f"the XML breaks off ({expat.ErrorString(error.code)})") from error
    return handler.eaf


class _Handler:
    """Gathers an EAF from the events of one expat parser."""

    def __init__(self) -> None:
        self.eaf = Eaf()
        self._value: list[str] | None = None
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self._root = ""

    def _doctype(self, *names: object) -> None:
        raise EafError(self.parser.CurrentLineNumber, "it declares a document type, which ELAN never does")

    def _start(self, name: str, given: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if not self._root:
            self._root = name
            if name != "ANNOTATION_DOCUMENT":
                raise EafError(
                    line, f"this is no ELAN file: its first element is {name}", "Give a file that ELAN wrote"
                )
        try:
            self._open(name, given, line)
        except KeyError as error:
            raise EafError(line, f"{name} has no {error.args[0]}") from None

    def _open(self, name: str, given: dict[str, str], line: int) -> None:
        if name == "TIME_SLOT":
            self.eaf.slots[given["TIME_SLOT_ID"]] = self._milliseconds(given.get("TIME_VALUE"), line)
        elif name == "TIER":
            tier = EafTier(given["TIER_ID"], line, given.get("PARTICIPANT", ""), given.get("PARENT_REF", ""))
            self.eaf.tiers.append(tier)
        elif name == "ALIGNABLE_ANNOTATION":
            slots = (given["TIME_SLOT_REF1"], given["TIME_SLOT_REF2"])
            self._annotate(Annotation(given["ANNOTATION_ID"], line, slots, ""))
        elif name == "REF_ANNOTATION":
            self._annotate(Annotation(given["ANNOTATION_ID"], line, None, given["ANNOTATION_REF"]))
        elif name == "ANNOTATION_VALUE":
            self._value = []

    def _annotate(self, annotation: Annotation) -> None:
        if not self.eaf.tiers:
            raise EafError(annotation.line, "there is an annotation outside any tier")
        self.eaf.tiers[-1].annotations.append(annotation)

    def _characters(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def _end(self, name: str) -> None:
        if name == "ANNOTATION_VALUE" and self._value is not None:
            if self.eaf.tiers and self.eaf.tiers[-1].annotations:
                self.eaf.tiers[-1].annotations[-1].text = " ".join("".join(self._value).split())
            self._value = None

    def _milliseconds(self, text: str | None, line: int) -> float | None:
        if text is None:
            return None
        if not text.isdecimal():
            raise EafError(line, f"the time {text!r} is no whole number of milliseconds")
        return float(text)
