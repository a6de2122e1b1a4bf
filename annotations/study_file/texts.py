"""Texts of a study that are files of their own, one per language: consent and instructions (Markdown)."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeGuard

from annotations.study_file.instructions import INSTRUCTIONS
from annotations.study_file.source import YamlSource
from corpus.errors import Fault

TEXT_SUFFIXES = (".md", ".txt")


class TextReader:
    """Reads the texts that a study file names and collects what is wrong with them.

    What is neither text nor a map of texts is passed over: validation of the file tells.
    """

    def __init__(self, folder: Path, languages: Sequence[str], source: YamlSource) -> None:
        self.folder, self.languages, self.source = folder, languages, source
        self.faults: list[Fault] = []

    def consent(self, files: object) -> dict[str, dict[str, str]]:
        """Return for each language the text and the SHA-256 of its UTF-8 bytes."""
        texts = self._files("consent", files) if _is_text(files) else {}
        return {
            language: {"text": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
            for language, text in texts.items()
        }

    def instructions(self, given: object) -> dict[str, str]:
        """Return for each language what listeners read before the trials: files, texts as given, or our own."""
        if given is None:
            return self._our_own()
        if not _is_text(given):
            return {}
        names = [given] if isinstance(given, str) else list(given.values())
        if any(name.endswith(TEXT_SUFFIXES) for name in names):
            return self._files("instructions", given)
        if isinstance(given, str):
            return dict.fromkeys(self.languages, given)
        self._complete("instructions", given)
        return dict(given)

    def _our_own(self) -> dict[str, str]:
        for language in self.languages:
            if language.split("-")[0] not in INSTRUCTIONS:
                mend = "Add `instructions: instructions.md` and a file for each language"
                self._complain("instructions", f"there are no ready ones in {language}", mend)
        return {language: INSTRUCTIONS.get(language.split("-")[0], "") for language in self.languages}

    def _files(self, key: str, files: str | Mapping[str, str]) -> dict[str, str]:
        """Return each language's text; one name stands for name.LANGUAGE.md, and itself in the first language."""
        if not isinstance(files, str):
            self._complete(key, files)
            return {language: self._text(key, files[language]) for language in self.languages if language in files}
        return {language: self._text(key, self._name(files, language)) for language in self.languages}

    def _name(self, file: str, language: str) -> str:
        given = Path(file)
        own = given.parent / f"{given.stem}.{language}{given.suffix}"
        only_one = language == self.languages[0] and not (self.folder / own).is_file()
        return file if only_one else str(own)

    def _text(self, key: str, name: str) -> str:
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()):
            self._complain(key, f"{name} is outside the study's folder", "Put the file beside the study file")
        elif not path.is_file():
            self._complain(key, f"there is no file {name}", f"Write {name} beside the study file")
        else:
            return self._content(key, path)
        return ""

    def _content(self, key: str, path: Path) -> str:
        try:
            text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").strip()
        except UnicodeDecodeError:
            self._complain(key, f"{path.name} is not UTF-8 text", "Save the file with the encoding UTF-8")
            return ""
        if not text:
            self._complain(key, f"{path.name} is empty", "Write the text")
        return text

    def _complete(self, key: str, given: Mapping[str, str]) -> None:
        for language in self.languages:
            if language not in given:
                self._complain(key, f"it is missing in {language}", "Give one in every language of the title")
        for language in given:
            if language not in self.languages:
                mend = "Add a title in that language or take the text away"
                self._complain(key, f"the study is not in {language}", mend)

    def _complain(self, key: str, what: str, mend: str) -> None:
        self.faults.append(self.source.fault((key,), what, mend))


def _is_text(given: object) -> TypeGuard[str | dict[str, str]]:
    texts = list(given.values()) if isinstance(given, dict) else [given]
    return bool(texts) and all(isinstance(text, str) and text.strip() for text in texts)
