"""Real studies of others, imported end to end: the figures of their README come out of `export_agreement`."""

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analysis.imports.triplets import Wanted, read_triplets
from analysis.services.export import export_agreement
from annotations.models import Judgement, Participant, Study

pytestmark = pytest.mark.django_db


def test_negative_times_are_unknown(tmp_path: Path) -> None:
    path = tmp_path / "clock.csv"
    path.write_text("worker_id,Center,Left,Right,Answer,ms\np,a,b,c,b,-67\nq,a,b,c,b,67.5\n")
    assert [row.rt_ms for row in read_triplets(path, Wanted({"rt": "ms"}))] == ["", "67.5"]


def figures(slug: str, folder: Path) -> dict[str, float]:
    """Return the figures over all triplets that `export_agreement` writes."""
    export_agreement(study_slug=slug, output=folder, n_resamples=1)
    with (folder / "agreement.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["subset"] == "included"]
    whole = [row for row in rows if row["stratum"] == "task=triplets;question=like"]
    return {row["measure"]: float(row["estimate"]) for row in whole if row["estimate"]}


def test_faces(shared_data: Path, tmp_path: Path) -> None:
    """The twelve triplets that all 39 people answered, chosen by a column of the file."""
    call_command(
        "import_triplets", shared_data / "cfd36_triplets" / "cfd36_triplets_individual.csv", study="faces",
        folder=tmp_path / "faces", where=["sampleAlg=validation"], columns=["rt=rt"],
    )  # fmt: skip
    found = figures("faces", tmp_path / "export")

    assert (Participant.objects.count(), Judgement.objects.count()) == (39, 468)
    assert round(found["leave_one_out"], 4) == 0.6624
    assert round(found["krippendorff_alpha_nominal"], 4) == 0.1205
    assert found["chance"] == 0.5


def test_alien_eggs(shared_data: Path, tmp_path: Path) -> None:
    """Crowd answers as NEXT wrote them; some people answered a triplet up to nine times, and each answer counts.

    The README's figure for triplets with five answers or more; the others are left out before the import.
    """
    archive = shared_data / "alien_eggs_next_triplets" / "alien_eggs_n30_next-fig3.json.zip"
    asked = json.loads(zipfile.ZipFile(archive).read("next-fig3.json"))
    path = tmp_path / "eggs.json"
    path.write_text(json.dumps(asked | {"participant_responses": _answered_five_times(asked["participant_responses"])}))
    call_command("import_triplets", path, study="eggs", folder=tmp_path / "eggs", again="separate")

    assert Judgement.objects.count() == 7335
    assert round(figures("eggs", tmp_path / "export")["leave_one_out"], 4) == 0.7132


def _answered_five_times(people: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return the answers to triplets that have five or more."""

    def triplet(one: dict[str, Any]) -> tuple[int, ...]:
        place = {target["label"]: target["index"] for target in one["target_indices"]}
        return (place["center"], *sorted((place["left"], place["right"])))

    given = [(who, one) for who, asked in people.items() for one in asked if one.get("index_winner") is not None]
    counts: dict[tuple[int, ...], int] = {}
    for _, one in given:
        counts[triplet(one)] = counts.get(triplet(one), 0) + 1
    kept: dict[str, list[dict[str, Any]]] = {}
    for who, one in given:
        if counts[triplet(one)] >= 5:
            kept.setdefault(who, []).append(one)
    return kept


HEADER = "worker_id,Center,Left,Right,Answer\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.csv"
    path.write_text(HEADER + "p,a,b,c,b\nq,a,c,b,b\np,b,a,c,\np,a,b,c,c\n")
    return path


def test_sides_do_not_matter_and_further_answers_are_told(small: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="1 further answers of somebody about the same three clips"):
        call_command("import_triplets", small, study="small", folder=tmp_path / "x")
    assert not Study.objects.exists()
    call_command("import_triplets", small, study="small", folder=tmp_path / "y", again="first")
    said = Judgement.objects.values_list("response__assignment__trial__key", "chosen_slot")
    assert sorted(said) == [("t00000", 1), ("t00000", 1)]
    assert Study.objects.get().state == "closed"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("p,a,b,c,d\n", "small.csv:2: 'd' is neither 'b' nor 'c'"),
        ("p,a,a,c,c\n", "small.csv:2: a, a, c: not three"),
        (",a,b,c,c\n", "small.csv:2: nobody answered"),
        ("", "no row is wanted"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_stored(small: Path, tmp_path: Path, rows: str, told: str) -> None:
    small.write_text(HEADER + rows)
    with pytest.raises(CommandError, match=told):
        call_command("import_triplets", small, study="small", folder=tmp_path / "x")
    assert not Study.objects.exists()
