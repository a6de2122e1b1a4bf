"""Prolific's export: as it is today, as it was, and damaged."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from annotations.design.submissions import Standing
from annotations.platforms.prolific import PLATFORM
from corpus.errors import ImportFaultsError

TODAY = (
    "Submission id,Participant id,Status,Custom study tncs accepted at,Started at,Completed at,Reviewed at,"
    "Archived at,Time taken,Completion code,Total approvals,Fluent languages,Age,Sex\n"
    "671b8e95,5e9088a8,APPROVED,Not Applicable,2024-10-25T12:27:09.179000Z,2024-10-25T12:46:18.540000Z,"
    '2024-10-25T23:35:53Z,2024-10-25T12:46:19Z,1150,DONE-1,389,"Czech, English",25,Female\n'
    "671b8e98,5c655e3c,TIMED-OUT,Not Applicable,2024-10-25T12:27:10Z,,,,,,12,CONSENT_REVOKED,CONSENT_REVOKED,\n"
)
BEFORE = (
    "session_id,participant_id,status,started_datetime,completed_date_time,time_taken,entered_code\n"
    "671b8e95,5e9088a8,AWAITING REVIEW,2021-11-29 10:11:12.123000,2021-11-29 10:21:12.123000,600.5,NOCODE\n"
)


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "prolific_export.csv"
    path.write_bytes(text.encode(encoding))
    return path


def faults(folder: Path, text: str) -> list[str]:
    path = written(folder, text)
    with pytest.raises(ImportFaultsError) as caught:
        PLATFORM.read_submissions(path)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_an_export_as_it_is_today(tmp_path: Path) -> None:
    paid, late = PLATFORM.read_submissions(written(tmp_path, TODAY))
    assert (paid.submission, paid.participant, paid.standing) == ("671b8e95", "5e9088a8", Standing.PAID)
    assert (paid.code, paid.taken) == ("DONE-1", 1150)
    assert paid.started == datetime(2024, 10, 25, 12, 27, 9, 179000, tzinfo=UTC)
    assert (late.status, late.standing, late.completed, late.taken) == ("TIMED-OUT", Standing.TIMED_OUT, None, None)


def test_an_export_as_it_was(tmp_path: Path) -> None:
    (one,) = PLATFORM.read_submissions(written(tmp_path, BEFORE, "utf-8-sig"))
    assert (one.submission, one.standing, one.code, one.taken) == ("671b8e95", Standing.WAITING, "NOCODE", 600.5)
    assert one.completed == datetime(2021, 11, 29, 10, 21, 12, 123000, tzinfo=UTC)


@pytest.mark.parametrize("header", ["SUBMISSION ID, participant_ID ,status", "Submission Id,ParticipantId,STATUS"])
def test_names_of_columns_may_be_spelt_otherwise(tmp_path: Path, header: str) -> None:
    (one,) = PLATFORM.read_submissions(written(tmp_path, f"{header}\na,b,awaiting_review\n"))
    assert (one.participant, one.standing) == ("b", Standing.WAITING)


def test_every_fault_is_told(tmp_path: Path) -> None:
    text = "Submission id,Participant id,Status,Started at,Time taken\na,P1,APPROVED,yesterday,12\na,,APPROVED,,-3\n"
    as_written = "Leave the cell as Prolific wrote it, or empty"
    assert faults(tmp_path, text) == [
        f"prolific_export.csv:2 (Started at): 'yesterday' is no time. {as_written}",
        "prolific_export.csv:3 (Participant id): the cell is empty. Export the submissions again",
        f"prolific_export.csv:3 (Time taken): '-3' is no number of seconds. {as_written}",
        "prolific_export.csv:3: the submission a is in line 2 already. Remove one of them",
    ]


def test_another_file_is_refused(tmp_path: Path) -> None:
    missing = faults(tmp_path, "trial,task,clips\nt1,odd,a b c\n")
    assert [fault.split(".")[1] for fault in missing] == [
        "csv:1 (Submission id): this column is missing",
        "csv:1 (Participant id): this column is missing",
        "csv:1 (Status): this column is missing",
    ]
    assert faults(tmp_path, "Submission id,Participant id,Status\n") == [
        "prolific_export.csv: there are no submissions in it. Export the study's submissions again"
    ]
    assert "the file is empty" in faults(tmp_path, "")[0]
