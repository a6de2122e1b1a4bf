"""The report in a real browser: read at a desk and on a phone, without a finding of axe, and printed whole."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import axe
from tests.running_site import Site

pytestmark = pytest.mark.browser
STUDY = """
from pathlib import Path
from analysis.services.export import export_agreement
from modeling.models import EmbeddingRun
from tests.analysis.rows import add_participant, add_run, answer, make_corpus, make_study
corpus = make_corpus()
study = make_study(corpus, tasks=("prosodic", "contextual"), n_triads=8)
for layer in (0, 1):
    run = add_run(corpus, f"wavlm L{layer}", seed=layer)
    EmbeddingRun.objects.filter(pk=run.pk).update(settings={"layer": layer})
for person in range(4):
    participant = add_participant(study, f"p{person}", excluded=person == 3, exclusion="knew the study")
    for number, (key, trial) in enumerate(study.trials.items()):
        said = {"odd": (person // 3 + number) % 3}
        rated = {"suitability": [1 + person, 3, 4], "similar": number % 3}
        answer(study, participant, key, said if trial.task.name == "prosodic" else rated)
export_agreement(study_slug=study.slug, output=Path("{folder}"), n_resamples=20)
print(json.dumps("written"))
"""
# A4 less margins of 2 cm, in CSS pixels: what a printed page has room for.
PAPER = 643
PRINTED = """() => [...document.querySelectorAll("svg, table, figcaption")].map(one => one.getBoundingClientRect())
    .filter(box => box.width > 0).map(box => [box.right, box.height])"""


@pytest.fixture
def report(site: Site, tmp_path: Path) -> Path:
    """The report of a small study, with every kind of figure but a map."""
    folder = tmp_path / "out"
    assert site.python(STUDY.replace("{folder}", str(folder))) == "written"
    return folder / "report.html"


def test_the_report_is_read_anywhere_and_printed_whole(report: Path, chromium: Browser) -> None:
    page = chromium.new_page()
    for width in (1200, 375):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(report.as_uri())
        axe.check(page)
    page.get_by_text("The same in words").focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("lost before: excluded: knew the study: 1").is_visible()
    page.set_viewport_size({"width": PAPER, "height": 900})
    page.emulate_media(media="print")
    boxes = page.evaluate(PRINTED)
    assert len(boxes) > 10
    assert max(right for right, _ in boxes) <= PAPER + 1
    svgs = page.evaluate("[...document.querySelectorAll('svg')].map(one => one.getBoundingClientRect().height)")
    assert max(svgs) <= 15 / 2.54 * 96 + 1
    for figure in report.parent.glob("figures/*.svg"):
        page.goto(figure.as_uri())
        assert page.evaluate("document.documentElement.tagName") == "svg"
    page.close()
