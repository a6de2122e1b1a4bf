"""The whole way: sounds to a report, with the real commands, a real worker, a real web server and a real browser."""

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.running_site import Site, copy_of

pytestmark = [pytest.mark.worker, pytest.mark.xdist_group("walk")]

LISTENERS, NOISE = 60, 0.8
PAGES = 3
MOVED_ON = """([url, value]) =>
  location.href != url || document.querySelector("progress")?.getAttribute("value") != value"""
PERSON = "0123456789abcdef01234567"


@pytest.fixture(scope="module")
def demo(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo study, live, with a worker and a web server, and pages short enough for a test."""
    site = copy_of(migrated_home, tmp_path_factory.mktemp("walk") / "home")
    folder = site.home / "demo"
    site.manage("make_demo_corpus", "--output", str(folder))
    study = (folder / "study.yaml").read_text()
    short = re.sub(r"trials_per_participant: \d+", f"trials_per_participant: {PAGES}", study)
    assert short != study
    (folder / "study.yaml").write_text(short)
    site.manage("load_study", str(folder / "study.yaml"))
    site.manage("set_study_state", "demo", "live")
    site.start_worker()
    site.start_web()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def embedded(demo: Site) -> Site:
    """The demo study after its worker has embedded it."""
    said = demo.manage("embed", "demo", "--encoder", "prosody")
    assert "Finished: 232 of 232 stimuli embedded." in said
    return demo


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def figure(table: list[dict[str, str]], **wanted: str) -> dict[str, str]:
    found = [row for row in table if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 1, (wanted, found)
    return found[0]


def test_weights_that_cannot_be_had_fail_their_run_and_no_other(embedded: Site) -> None:
    done = embedded.manage("embed", "demo", "--encoder", "wavlm", check=False)
    assert done.returncode == 1
    assert "microsoft/wavlm-base-plus is not on this machine" in done.stderr
    assert "hf download" in done.stderr
    states = embedded.python(
        "from modeling.models import EmbeddingRun as R; print(json.dumps([list(r) for r in"
        " R.objects.order_by('encoder').values_list('encoder', 'state', 'done')]))"
    )
    assert states == [["prosody", "finished", 232], ["wavlm", "failed", 0]]


def test_the_worker_predicts_every_trial_by_itself(embedded: Site) -> None:
    count = (
        "import time\nfrom analysis.models import Prediction as P\nfrom annotations.models import Trial as T\n"
        "for _ in range(100):\n    if P.objects.count() >= T.objects.count(): break\n    time.sleep(0.2)\n"
        "print(json.dumps([P.objects.count(), T.objects.count()]))"
    )
    predicted, trials = embedded.python(count)
    assert predicted == trials == 96


def planted(site: Site, task: str) -> float:
    """The accuracy of the run that the simulated listeners hear like, in closed form."""
    code = f"""
import numpy as np
from analysis.models import Prediction
from analysis.stats.listeners import choice_probabilities, standardised
triads = Prediction.objects.filter(similarities__isnull=False, trial__version__study__slug="demo")
rows = list(triads.values_list("trial__task__name", "similarities"))
p = choice_probabilities(standardised(np.array([row for _, row in rows])), {NOISE})
print(json.dumps(float(np.mean([one.max() for one, (task, _) in zip(p, rows) if task == {task!r}]))))
"""
    value: Any = site.python(code)
    return float(value)


@pytest.fixture(scope="module")
def exported(embedded: Site) -> Path:
    arguments = ["--n", str(LISTENERS), "--noise", str(NOISE), "--seed", "1", "--like", "prosody"]
    embedded.manage("simulate_listeners", "demo", *arguments)
    out = embedded.home / "out"
    embedded.manage("export_agreement", "demo", "--population", "simulated", "--output", str(out))
    return out


def test_the_accuracy_of_listeners_of_known_noise_is_recovered(embedded: Site, exported: Path) -> None:
    agreement = rows(exported, "agreement.csv")
    row = figure(
        agreement,
        measure="accuracy_judgement",
        model="prosody",
        subset="included",
        stratum="task=prosodic;question=odd",
    )
    truth = planted(embedded, "prosodic")
    assert float(row["low"]) <= truth <= float(row["high"])
    assert truth > 0.5


def test_listeners_without_sensitivity_are_at_chance(embedded: Site, exported: Path) -> None:
    """In a study of its own, since simulated listeners of one study are shown together."""
    folder = embedded.home / "demo"
    text = (folder / "study.yaml").read_text().replace("slug: demo", "slug: deaf\ncorpus: demo", 1)
    (folder / "deaf.yaml").write_text(text)
    embedded.manage("load_study", str(folder / "deaf.yaml"))
    embedded.manage("simulate_listeners", "deaf", "--n", str(LISTENERS), "--noise", "inf", "--seed", "2")
    out = embedded.home / "deaf"
    embedded.manage("export_agreement", "deaf", "--population", "simulated", "--output", str(out))
    agreement = rows(out, "agreement.csv")
    task = "task=prosodic;question=odd"
    row = figure(agreement, measure="accuracy_judgement", model="prosody", subset="included", stratum=task)
    assert float(row["low"]) <= 1 / 3 <= float(row["high"])
    alpha = figure(agreement, measure="krippendorff_alpha_nominal", model="", subset="included", stratum=task)
    assert float(alpha["low"]) <= 0 <= float(alpha["high"])


def test_the_manifest_names_every_file_by_its_digest(exported: Path) -> None:
    manifest = json.loads((exported / "manifest.json").read_text())
    there = {path.name for path in exported.iterdir()} - {"manifest.json"}
    assert set(manifest["files"]) == there
    for name, facts in manifest["files"].items():
        assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == facts["sha256"]
    assert manifest["population"]["name"] == "simulated"
    assert manifest["corpus"]["synthetic"] is True


def test_the_same_input_and_seed_give_the_same_bytes(embedded: Site, exported: Path) -> None:
    again = embedded.home / "again"
    embedded.manage("export_agreement", "demo", "--population", "simulated", "--output", str(again))
    for path in exported.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_answers_imported_into_an_empty_database_give_the_same_file_again(
    embedded: Site, exported: Path, migrated_home: Path, tmp_path: Path
) -> None:
    empty = copy_of(migrated_home, tmp_path / "empty")
    empty.manage("load_study", str(embedded.home / "demo" / "study.yaml"))
    empty.manage("import_responses", "demo", str(exported / "responses.csv"))
    out = tmp_path / "out"
    empty.manage("export_agreement", "demo", "--population", "simulated", "--output", str(out))
    assert (out / "responses.csv").read_bytes() == (exported / "responses.csv").read_bytes()


def take_part(page: Page, url: str) -> str:
    """Answer every page as a person would: play everything to its end, choose, go on. Return the completion code."""
    page.goto(url)
    page.get_by_role("button", name="I agree and take part").click()
    page.get_by_role("button", name="Begin listening").click()
    for _ in range(PAGES):
        for play in page.locator("button.play").all():
            state = page.locator("#" + (play.get_attribute("aria-describedby") or ""))
            play.click()
            expect(state).to_have_text(re.compile("^heard"), timeout=20_000)
        for group in {radio.get_attribute("name") for radio in page.get_by_role("radio").all()}:
            page.locator(f"input[name='{group}']").first.check(force=True)
        address = page.url, page.locator("progress").get_attribute("value")
        page.get_by_role("button", name="Save and go on").click()
        page.wait_for_function(MOVED_ON, arg=list(address))
    return page.locator(".code").inner_text()


def test_simulated_listeners_are_in_no_figure_about_people(embedded: Site, exported: Path) -> None:
    out = embedded.home / "people"
    embedded.manage("export_agreement", "demo", "--output", str(out))
    assert rows(out, "responses.csv") == []
    accuracy = [row for row in rows(out, "agreement.csv") if row["measure"] == "accuracy_judgement"]
    assert all(row["estimate"] == "" and row["reason"] == "no judgements" for row in accuracy)


def test_a_person_in_a_browser_ends_up_in_the_figures_about_people(demo: Site, chromium_path: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        code = take_part(browser.new_page(), f"{demo.url}/s/demo/?PROLIFIC_PID={PERSON}")
        browser.close()
    assert code == "DEMO-DONE"
    out = demo.home / "person"
    demo.manage("export_agreement", "demo", "--output", str(out))
    answered = rows(out, "responses.csv")
    assert len({row["trial"] for row in answered}) == PAGES
    assert all(min(json.loads(row["plays"])) >= 1 and float(row["rt_ms"]) > 0 for row in answered)
    assert not any(PERSON in path.read_text() for path in out.iterdir())
