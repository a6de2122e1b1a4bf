"""Consent and instructions: one file per language, inside the study's folder."""

import hashlib
from pathlib import Path

import pytest

from tests.annotations.study_folder import SMALL, StudyFolder

BOTH = SMALL.replace("Short responses", "{en: Responses, sv: Svar}")


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    return StudyFolder(tmp_path)


def test_the_first_language_may_do_without_a_suffix(folder: StudyFolder):
    consent = folder.read(BOTH).consent
    assert consent["en"]["text"].startswith("# Consent")
    assert consent["sv"]["text"].startswith("# Samtycke")
    assert consent["sv"]["sha256"] == hashlib.sha256(consent["sv"]["text"].encode()).hexdigest()


def test_a_file_of_the_language_goes_first(folder: StudyFolder):
    folder.file("consent.en.md", "The English one")
    assert folder.read(BOTH).consent["en"]["text"] == "The English one"


def test_files_may_be_named_per_language(folder: StudyFolder):
    folder.file("a.md", "A")
    folder.file("b.md", "B")
    consent = folder.read(BOTH.replace("consent: consent.md", "consent: {en: a.md, sv: b.md}")).consent
    assert [consent[language]["text"] for language in ("en", "sv")] == ["A", "B"]


def test_files_per_language_must_be_those_of_the_title(folder: StudyFolder):
    assert [fault.split(": ")[1] for fault in folder.faults(SMALL.replace("consent.md", "{sv: consent.sv.md}"))] == [
        "it is missing in en. Give one in every language of the title",
        "the study is not in sv. Add a title in that language or take the text away",
    ]


def test_line_ends_do_not_change_what_is_consented_to(folder: StudyFolder):
    before = folder.read(SMALL).consent
    text = (folder.folder / "consent.md").read_text()
    (folder.folder / "consent.md").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert folder.read(SMALL).consent == before


@pytest.mark.parametrize(
    ("consent", "fault"),
    [
        ("../consent.md", "../consent.md is outside the study's folder"),
        ("/etc/hostname", "/etc/hostname is outside the study's folder"),
        ("link.md", "link.md is outside the study's folder"),
        ("latin.md", "latin.md is not UTF-8 text"),
        ("empty.md", "empty.md is empty"),
        ("gone.md", "there is no file gone.md"),
        ("{}", "{} names no file"),
        ("{en: consent.md, sv: consent.sv.md}", "the study is not in sv"),
        ("[consent.md]", "names no file"),
    ],
)
def test_what_is_wrong_with_consent(folder: StudyFolder, consent: str, fault: str):
    (folder.folder.parent / "consent.md").write_text("Another")
    (folder.folder / "link.md").symlink_to(folder.folder.parent / "consent.md")
    (folder.folder / "latin.md").write_bytes(b"\xe5\xe4\xf6")
    (folder.folder / "empty.md").write_text(" \n")
    (found,) = folder.faults(SMALL.replace("consent: consent.md", f"consent: {consent}"))
    assert found.startswith("study.yaml:3 (consent):")
    assert fault in found


def test_a_translation_of_consent_is_needed(folder: StudyFolder):
    (folder.folder / "consent.sv.md").unlink()
    (found,) = folder.faults(BOTH)
    assert "there is no file consent.sv.md" in found


def test_instructions_as_a_text_or_files(folder: StudyFolder):
    assert folder.read(f"{SMALL}instructions: Listen well.\n").definition.instructions == {"en": "Listen well."}
    folder.file("how.md", "Listen")
    folder.file("how.sv.md", "Lyssna")
    definition = folder.read(f"{BOTH}instructions: how.md\n").definition
    assert definition.instructions == {"en": "Listen", "sv": "Lyssna"}


def test_ready_instructions_exist_in_two_languages(folder: StudyFolder):
    definition = folder.read(BOTH).definition
    assert "Enter" in definition.instructions["sv"]
    assert definition.instructions["sv"] != definition.instructions["en"]
    folder.file("consent.de.md", "Einwilligung")
    (found,) = folder.faults(SMALL.replace("Short responses", "{de: Kurze Antworten}"))
    assert "there are no ready ones in de" in found
