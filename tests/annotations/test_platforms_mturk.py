"""MTurk's batch results, and where lists cannot be read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from annotations.design.submissions import Standing
from annotations.errors import StudyError
from annotations.platforms import platform_called
from corpus.errors import ImportFaultsError

HEADER = (
    '"HITId","HITTypeId","Title","Description","Keywords","Reward","CreationTime","MaxAssignments",'
    '"RequesterAnnotation","AssignmentDurationInSeconds","AutoApprovalDelayInSeconds","Expiration",'
    '"NumberOfSimilarHITs","LifetimeInSeconds","AssignmentId","WorkerId","AssignmentStatus","AcceptTime",'
    '"SubmitTime","AutoApprovalTime","ApprovalTime","RejectionTime","RequesterFeedback","WorkTimeInSeconds",'
    '"LifetimeApprovalRate","Last30DaysApprovalRate","Last7DaysApprovalRate","Answer.surveycode","Approve","Reject"\n'
)


def row(assignment: str, worker: str, status: str, accepted: str, code: str) -> str:
    cells = [
        "H1",
        *[""] * 13,
        assignment,
        worker,
        status,
        accepted,
        "",
        "",
        "",
        "",
        "",
        "634",
        "",
        "",
        "",
        code,
        "",
        "",
    ]
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def test_a_batch_as_mturk_gives_it(tmp_path: Path) -> None:
    path = tmp_path / "Batch_1_batch_results.csv"
    path.write_text(
        HEADER
        + row("A1", "W1", "Submitted", "Fri Mar 10 09:12:34 PST 2017", "DONE-1")
        + row("A2", "W2", "Approved", "Mon Jul 3 09:12:34 PDT 2017", "")
        + row("A3", "W3", "Rejected", "", "X")
    )
    one, two, three = platform_called("mturk").read_submissions(path)
    assert (one.submission, one.participant, one.standing, one.code) == ("A1", "W1", Standing.WAITING, "DONE-1")
    assert (one.started, one.taken) == (datetime(2017, 3, 10, 17, 12, 34, tzinfo=UTC), 634)
    assert two.started == datetime(2017, 7, 3, 16, 12, 34, tzinfo=UTC)
    assert (two.standing, three.standing) == (Standing.PAID, Standing.REJECTED)


def test_every_fault_is_told(tmp_path: Path) -> None:
    path = tmp_path / "batch.csv"
    path.write_text(HEADER + row("A1", "W1", "Submitted", "yesterday", "X"))
    with pytest.raises(ImportFaultsError, match=r"AcceptTime.*'yesterday' is no time as MTurk writes it"):
        platform_called("mturk").read_submissions(path)


@pytest.mark.parametrize("name", ["sona", "link"])
def test_lists_that_cannot_be_read_are_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(StudyError, match="cannot be read here"):
        platform_called(name).read_submissions(tmp_path / "list.csv")
