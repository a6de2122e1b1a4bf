"""A training run's page in a real browser: it keeps up by itself, can be used by everybody, and cancels the run."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.analysis.test_training_pages import MAP
from tests.browser.axe import check
from tests.running_site import Site

pytestmark = [pytest.mark.browser]
PASSWORD = "listen-closely-7"
RUN = f"""
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from modeling.models import TrainingRun
from modeling.services.training import runs
now = timezone.now()
run = TrainingRun.objects.create(
    kind="language_model", label="scratch-tiny", digest="a" * 64, data_digest="d", settings={{"lr": 0.002}},
    state="running", lease_owner="a", taken_at=now, lease_until=now + timedelta(hours=1),
)
points = [(step, split, "loss", 6.0 / step + 1) for step in (1, 10, 20) for split in ("train", "validation")]
runs.record_points(run=run, owner="a", points=points)
runs.record_step(run=run, owner="a", step=20, total=40, speed=7400.0)
TrainingRun.objects.create(
    kind="ordinal", label="map of people, soe: a_file_with_a_name_that_is_long.csv", digest="b" * 64, data_digest="d",
    state="finished", metrics=json.loads({json.dumps(json.dumps(MAP))}),
)
User.objects.create_superuser("researcher", password="{PASSWORD}")
print(json.dumps(run.pk))
"""
ON = """
from modeling.models import TrainingRun
from modeling.services.training import runs
runs.record_step(run=TrainingRun.objects.get(kind="language_model"), owner="a", step=30, total=40, speed=7400.0)
print(json.dumps("on"))
"""


def test_the_page_keeps_up_and_cancels(site: Site, chromium: Browser) -> None:
    pk = site.python(RUN)
    url = site.start_web()
    complaints: list[str] = []
    page: Any = chromium.new_page()
    page.goto(f"{url}/training/")
    page.get_by_label("Username").fill("researcher")
    page.get_by_label("Password").fill(PASSWORD)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="map of people").click()
    page.set_viewport_size({"width": 375, "height": 800})
    expect(page.get_by_role("img", name="Map of 3 clips")).to_be_visible()
    page.get_by_text("The map in figures").press("Enter")
    expect(page.get_by_role("rowheader", name="c", exact=True)).to_be_visible()
    check(page)
    page.set_viewport_size({"width": 1200, "height": 800})
    page.goto(f"{url}/training/")
    page.get_by_role("link", name="scratch-tiny").click()
    page.wait_for_url(f"**/training/{pk}/")
    expect(page.get_by_role("img", name="loss: train 1.3 after step 20, validation 1.3 after step 20")).to_be_visible()
    check(page)
    assert site.python(ON) == "on"
    expect(page.get_by_text("30 of 40").first).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_text("Cancelled. What it has done is kept")).to_be_visible()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    check(page)
    assert not complaints
    page.close()
