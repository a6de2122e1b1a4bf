"""The study page in a real browser, with a real worker: figures and progress come by themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.running_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.worker]
PASSWORD = "listen-closely-7"
STUDY = f"""
from django.contrib.auth.models import User
from tests.analysis.rows import add_participant, add_run, answer, make_corpus, make_study
corpus = make_corpus()
study = make_study(corpus, n_triads=6)
add_run(corpus, "spectral")
for person in range(4):
    participant = add_participant(study, f"p{{person}}")
    for number, key in enumerate(study.trials):
        answer(study, participant, key, {{"odd": (person // 3 + number) % 3}})
User.objects.create_superuser("researcher", password="{PASSWORD}")
print(json.dumps("made"))
"""


@pytest.fixture
def researcher(site: Site, chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A signed-in researcher at the study page, and what the browser complained of."""
    assert site.python(STUDY) == "made"
    site.start_worker()
    url = site.start_web()
    complaints: list[str] = []
    page = chromium.new_page()
    page.goto(f"{url}/researcher/demo/")
    page.get_by_label("Username").fill("researcher")
    page.get_by_label("Password").fill(PASSWORD)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/researcher/demo/")
    yield page, complaints
    page.close()


def test_figures_and_progress_come_by_themselves(researcher: tuple[Page, list[str]], tmp_path: Path) -> None:
    page, complaints = researcher
    expect(page.get_by_text("New figures are being computed")).to_be_visible(timeout=10_000)
    plot = page.locator("#agreement img")
    expect(plot).to_be_visible(timeout=60_000)
    assert plot.evaluate("image => image.complete && image.naturalWidth > 300")
    assert "spectral" in (plot.get_attribute("alt") or "")
    expect(page.locator("#figures").get_by_role("rowheader", name="spectral").first).to_be_visible()
    expect(page.get_by_text("New figures are being computed")).to_have_count(0)

    page.get_by_role("button", name="prosody").click()
    failed = page.locator("#runs li.failed")
    # The rows of this study have no sound files: the run fails, and the page says so without being loaded again.
    expect(failed).to_be_visible(timeout=60_000)
    assert (failed.locator(".trouble").text_content() or "").strip()
    assert not complaints
