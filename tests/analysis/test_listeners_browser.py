"""The page of listeners in a real browser: it can be used by everybody, at any width, with the keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import check
from tests.running_site import Site

pytestmark = [pytest.mark.browser]
PASSWORD = "listen-closely-7"
LISTENERS = f"""
import numpy as np
from django.contrib.auth.models import User
from analysis.services.snapshots import refresh_agreement
from annotations.models import Participant
from tests.analysis.rows import add_participant, add_run, answer, make_corpus, make_study
study = make_study(make_corpus(), n_triads=12)
add_run(study.version.corpus, "spectral")
rng = np.random.default_rng(1)
for person in range(12):
    listener = add_participant(study, f"{{'PDFGHKMQRTVX'[person] * 3}}{{rng.integers(16**13):013x}}")
    for at, key in enumerate(study.trials):
        consensus = at % 3 if rng.random() < (0.85 if person else 0) else rng.integers(3)
        answer(study, listener, key, {{"odd": int(consensus)}}, rt_ms=float(4000 * np.exp(rng.normal() * 0.4)))
Participant.objects.filter(key__startswith="PPP").update(excluded=True, exclusion="failed 2 of 2 attention trials")
refresh_agreement(version_pk=study.version.pk, population="people", n_resamples=100)
User.objects.create_superuser("researcher", password="{PASSWORD}")
print(json.dumps("made"))
"""


def test_everybody_can_read_the_page(site: Site, chromium: Browser) -> None:
    assert site.python(LISTENERS) == "made"
    url = site.start_web()
    complaints: list[str] = []
    page: Any = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.goto(f"{url}/researcher/demo/")
    page.get_by_label("Username").fill("researcher")
    page.get_by_label("Password").fill(PASSWORD)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Listeners one by one").press("Enter")
    page.wait_for_url("**/researcher/demo/listeners/**")
    expect(page.get_by_role("img", name="12 listeners: agreement with the others from")).to_be_visible()
    assert page.locator(".dots circle").count() == 11
    check(page)
    page.set_viewport_size({"width": 375, "height": 800})
    page.get_by_text("What would change: Excluded now").press("Enter")
    expect(page.get_by_role("rowheader", name="Leave-one-out consistency").first).to_be_visible()
    page.emulate_media(color_scheme="dark")
    check(page)
    assert not complaints
    page.close()
