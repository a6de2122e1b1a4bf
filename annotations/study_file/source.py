"""A YAML file with the line of every key, so that each fault can be shown where it was written.

Words mean what they say (YAML 1.2): only true and false are truth values, so `no` is a language and `on` a word,
and `012` keeps its zero.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from corpus.errors import Fault, ImportFaultsError

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlSource:
    """What a file says: `data` as plain Python values, `lines` the line (from 1) of each key and list item."""

    file: str
    text: str
    data: Any
    lines: Mapping[Path, int]

    def fault(self, path: Path, what: str, mend: str) -> Fault:
        """Return a fault at `path`, shown at the line of the nearest key that was written."""
        nearest = path
        while nearest and nearest not in self.lines:
            nearest = nearest[:-1]
        return Fault(self.file, self.lines.get(nearest, 1), written(path), what, mend)


def written(path: Path) -> str:
    """Return a path as a reader would point to it.

    >>> written(("tasks", "prosodic", "questions", 0, "text"))
    'tasks.prosodic.questions[0].text'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def read_yaml(raw: bytes, *, file: str) -> YamlSource:
    """Return the content of a YAML file; raise `ImportFaultsError` where it is not one mapping in proper YAML."""
    text = _decoded(raw, file)
    try:
        reader = _Reader(_Loader(text), file)
        data = reader.document()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ImportFaultsError([_yaml_fault(error, text, file)]) from error
    if reader.faults:
        raise ImportFaultsError(reader.faults)
    return YamlSource(file, text, data, reader.lines)


class _Loader(yaml.CSafeLoader):
    """Knows numbers, true, false and nothing; every other plain word is text.

    libyaml's scanner, because PyYAML's own stops at the question mark in `{en: How so?, sv: …}`.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


_TAG = "tag:yaml.org,2002:"
_KINDS = {"str", "bool", "int", "float", "null", "map", "seq"}
_NUMBER_START = [".", *"-+0123456789"]
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", _NUMBER_START),
    ("float", r"^[-+]?(?:(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)$", _NUMBER_START),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("merge", r"^<<$", ["<"]),
):
    _Loader.add_implicit_resolver(_TAG + _tag, re.compile(_pattern), _first)


class _Reader:
    """Walks the nodes of a file: values, lines and the faults that YAML itself lets pass."""

    def __init__(self, loader: _Loader, file: str) -> None:
        self.loader = loader
        self.file = file
        self.lines: dict[Path, int] = {}
        self.faults: list[Fault] = []
        self._open: set[int] = set()

    def document(self) -> Any:
        """Return the one mapping that the file is."""
        node = self.loader.get_single_node()
        if isinstance(node, yaml.MappingNode):
            return self.value(node, ())
        self.faults.append(Fault(self.file, 1, "", "this is not a study file", "Begin with `slug: …`"))
        return None

    def value(self, node: yaml.Node, path: Path) -> Any:
        """Return what a node says, and remember the line of everything in it."""
        if node.tag.removeprefix(_TAG) not in _KINDS:
            self._complain(node, path, f"the tag {node.tag} means nothing here", "Delete it")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self.loader.construct_object(node)
        if id(node) in self._open:
            self._complain(node, path, "this is part of itself", "Write it out instead of using an alias")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return {key: self.value(entry, (*path, key)) for key, entry in self._entries(node, path)}
            return [self.value(item, (*path, at)) for at, item in self._items(node, path)]
        finally:
            self._open.discard(id(node))

    def _items(self, node: yaml.Node, path: Path) -> Iterator[tuple[int, yaml.Node]]:
        for at, item in enumerate(node.value):
            self.lines[(*path, at)] = item.start_mark.line + 1
            yield at, item

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        self._find_repeated_keys(node, path)
        self.loader.flatten_mapping(node)
        for key_node, entry in node.value:
            key = self.loader.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                self._complain(key_node, path, f"the key {key!r} is no text", "Put it in quotes")
                key = str(key)
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            yield key, entry

    def _find_repeated_keys(self, node: yaml.MappingNode, path: Path) -> None:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                what = f"this key is also in line {seen[key.value]}"
                self._complain(key, (*path, key.value), what, "Keep one of the two")
            seen[key.value] = key.start_mark.line + 1

    def _complain(self, node: yaml.Node, path: Path, what: str, mend: str) -> None:
        self.faults.append(Fault(self.file, node.start_mark.line + 1, written(path), what, mend))


def _decoded(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        fault = Fault(file, line, "", "this is not UTF-8 text", "Save the file with the encoding UTF-8")
        raise ImportFaultsError([fault]) from error


def _yaml_fault(error: Exception, text: str, file: str) -> Fault:
    """Return what the parser stopped at; it cannot go on to find more."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        what = f"there is an invisible character (U+{error.character:04X})"
        return Fault(file, line, "", what, "Delete it")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 0
    problem = getattr(error, "problem", None) or str(error)
    if mark and "".join(text.split("\n")[mark.line :][:1])[mark.column :][:1] == "\t":
        return Fault(file, line, "", "a tab is used as indentation", "Use spaces")
    context = getattr(error, "context", None)
    what = f"this is not YAML: {context + ', ' if context else ''}{problem}"
    mend = "Look at the indentation, brackets and quotes here and in the line before"
    return Fault(file, line, "", what, mend)
