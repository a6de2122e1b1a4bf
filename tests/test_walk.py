"""The whole way: sounds to a report, with the real commands, a real worker, a real web server and a real browser."""

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.analysis.rows import written
from tests.running_site import Site, copy_of

pytestmark = [pytest.mark.worker, pytest.mark.xdist_group("walk")]

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


@pytest.fixture(scope="module")
def exported(embedded: Site) -> Path:
    embedded.manage("simulate_listeners", "demo", "--n", "12", "--noise", "0.8", "--seed", "1")
    out = embedded.home / "out"
    options = ["--population", "simulated", "--bootstrap", "200", "--output", str(out)]
    embedded.manage("export_agreement", "demo", *options)
    return out


def test_the_manifest_names_every_file_by_its_digest(exported: Path) -> None:
    manifest = json.loads((exported / "manifest.json").read_text())
    there = set(written(exported)) - {"manifest.json"}
    assert set(manifest["files"]) == there
    for name, facts in manifest["files"].items():
        assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == facts["sha256"]
    assert manifest["population"]["name"] == "simulated"
    assert manifest["corpus"]["synthetic"] is True


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
            page.locator(f"input[name='{group}']").first.check()
        address = page.url, page.locator("progress").get_attribute("value")
        page.get_by_role("button", name="Save and go on").click()
        page.wait_for_function(MOVED_ON, arg=list(address), timeout=90_000)
    return page.locator(".code").inner_text()


def test_simulated_listeners_are_in_no_figure_about_people(embedded: Site, exported: Path) -> None:
    out = embedded.home / "people"
    embedded.manage("export_agreement", "demo", "--output", str(out))
    assert rows(out, "responses.csv") == []
    accuracy = [row for row in rows(out, "agreement.csv") if row["measure"] == "accuracy_judgement"]
    assert all(row["estimate"] == "" and row["reason"] == "no judgements" for row in accuracy)


def test_a_person_in_a_browser_ends_up_in_the_figures_about_people(demo: Site, chromium: Browser) -> None:
    page = chromium.new_page()
    code = take_part(page, f"{demo.url}/s/demo/?PROLIFIC_PID={PERSON}")
    page.close()
    assert code == "DEMO-DONE"
    out = demo.home / "person"
    demo.manage("export_agreement", "demo", "--output", str(out))
    answered = rows(out, "responses.csv")
    assert len({row["trial"] for row in answered}) == PAGES
    assert all(min(json.loads(row["plays"])) >= 1 and float(row["rt_ms"]) > 0 for row in answered)
    assert not any(PERSON in (out / name).read_text() for name in written(out))
