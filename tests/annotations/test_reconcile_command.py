"""`manage.py reconcile`: the export beside what is stored; nothing is stored of it."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from annotations.enums import ParticipantKind
from annotations.models import Participant, StudyVersion
from annotations.platforms.reconciled import COLUMNS
from annotations.services.allocation import next_assignment
from annotations.services.exclusion import exclude_participant
from annotations.services.participation import begin, finish, give_consent, join
from tests.annotations.listening import CONSENT, answer, sha

pytestmark = pytest.mark.data_layer

EXPORT = """\
Submission id,Participant id,Status,Started at,Completed at,Time taken,Completion code
s-paid,paid,APPROVED,2026-01-01T10:00:00Z,2026-01-01T10:12:00Z,720,DONE-1
s-waits,waits,AWAITING REVIEW,2026-01-01T10:00:00Z,,720,DONE-1
s-half,half,RETURNED,2026-01-01T10:00:00Z,,,
s-nobody,nobody,AWAITING REVIEW,2026-01-01T10:00:00Z,2026-01-01T10:01:00Z,60,=1+1
"""


def came(version: StudyVersion, name: str, pages: int = 6) -> Participant:
    person = join(study_slug=version.study.slug, external_id=name, details={"SESSION_ID": f"s-{name}"})
    person = give_consent(participant=person, language="en", consent_sha256=sha(CONSENT["en"]))
    person = begin(participant=person)
    for _ in range(pages):
        page = next_assignment(participant=person)
        assert page is not None
        answer(person, page)
    return finish(participant=person) if pages == 6 else person


@pytest.fixture
def people(version: StudyVersion) -> dict[str, Participant]:
    join(study_slug="short")
    join(study_slug="short", kind=ParticipantKind.SIMULATED, external_id="sim")
    return {name: came(version, name, 2 if name == "half" else 6) for name in ("paid", "waits", "half", "unlisted")}


def run(*args: str) -> str:
    out = StringIO()
    call_command("reconcile", *args, stdout=out)
    return out.getvalue()


def everything() -> Iterator[Any]:
    for model in apps.get_app_config("annotations").get_models():
        yield from model._default_manager.order_by("pk").values()


def test_both_lists_side_by_side(people: dict[str, Participant], tmp_path: Path) -> None:
    export, output = tmp_path / "prolific_export.csv", tmp_path / "pay.csv"
    export.write_text(EXPORT)
    before = list(everything())
    said = run("short", str(export), "--output", str(output), "--reward", "3.00")
    assert said.splitlines() == [
        "short: 4 submissions on the list, 4 people of Prolific here, 3 of them on both",
        "  note: 1 came without an id of Prolific and can be on no list",
        "  approve 1, look at 2, ask to return 0, settled 2",
        "  look     nobody                     nothing is stored, though the code =1+1 was entered",
        "  look     unlisted                   stored, but not on the list: all answers stored",
        "  bonuses proposed for parts: 1, 1.00 in all",
        "  would be released: 1 who returned, 0 who timed out; 2 ratings reopen (--release)",
        f"{output}: 5 lines. It holds platform ids: it is for you alone.",
    ]
    assert list(everything()) == before
    assert output.stat().st_mode & 0o777 == 0o600
    rows = {row["platform_participant"]: row for row in csv.DictReader(StringIO(output.read_text()))}
    assert set(rows) == {"paid", "waits", "half", "nobody", "unlisted"}
    assert tuple(rows["paid"]) == COLUMNS
    assert rows["paid"]["participant"] == people["paid"].key
    assert (rows["paid"]["minutes_there"], rows["paid"]["answered"], rows["paid"]["wanted"]) == ("12.0", "6", "6")
    assert rows["waits"]["action"] == "approve"
    assert (rows["half"]["bonus_proposed"], rows["half"]["finding"]) == ("1.00", "returned, with 2 of 6 answered")
    assert rows["nobody"]["code_entered"] == "'=1+1"  # no formula


def test_whom_the_rules_excluded_is_looked_at(people: dict[str, Participant], tmp_path: Path) -> None:
    exclude_participant(participant=people["waits"], reason="rule: too quick")
    export = tmp_path / "prolific_export.csv"
    export.write_text(EXPORT)
    assert "waits                      all answers stored, but excluded: rule: too quick" in run("short", str(export))


def test_several_exports_are_one_list(people: dict[str, Participant], tmp_path: Path) -> None:
    header, *rows = EXPORT.splitlines(keepends=True)
    exports = [tmp_path / f"{number}.csv" for number in range(2)]
    for export, part in zip(exports, (rows[:2], rows[2:]), strict=True):
        export.write_text(header + "".join(part))
    assert "4 submissions on the list" in run("short", *map(str, exports))


def test_what_cannot_be_done_is_said(version: StudyVersion, tmp_path: Path) -> None:
    export = tmp_path / "prolific_export.csv"
    export.write_text(EXPORT)
    with pytest.raises(CommandError, match="There is no study 'nowhere'"):
        run("nowhere", str(export))
    with pytest.raises(CommandError, match="cannot be opened"):
        run("short", str(tmp_path / "absent.csv"))
    with pytest.raises(CommandError, match=r"cannot be written \(No such file or directory\)"):
        run("short", str(export), "--output", str(tmp_path / "absent" / "pay.csv"))
