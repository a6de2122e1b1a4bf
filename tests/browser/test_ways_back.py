"""From a platform and back, in a real browser: MTurk's frame at another origin, its form, and Prolific's link.

What would leave this machine is answered here, so that the browser sees the hosts' real names.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.browser.axe import check
from tests.browser.listener import Listener, watch
from tests.browser.listening_site import STUDY, TRIADS, write_stimuli
from tests.running_site import Site, copy_of

pytestmark = pytest.mark.browser

RECRUITED = {
    "mturk": "platform: mturk",
    "prolific": "platform: prolific",
    "small": "platform: prolific, places: 1",
    "invited": "platform: link, invitation_only: true",
}


@pytest.fixture(scope="module")
def turk_site(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with a study for MTurk and one for Prolific, of one page each."""
    folder = tmp_path_factory.mktemp("sounds")
    site = copy_of(migrated_home, tmp_path_factory.mktemp("turk") / "home")
    write_stimuli(folder)
    for name in ("consent.md", "consent.sv.md"):
        (folder / name).write_text("# Taking part\n\nYou will hear short sounds.", encoding="utf-8")
    commands = [["import_stimuli", str(folder / "stimuli.csv")]]
    for slug, recruitment in RECRUITED.items():
        text = STUDY.format(slug=slug, body=TRIADS, pages=1).replace("platform: prolific", recruitment)
        (folder / f"{slug}.yaml").write_text(text, encoding="utf-8")
        commands += [["load_study", str(folder / f"{slug}.yaml")], ["set_study_state", slug, "live"]]
    run = "from django.core.management import call_command\nfor command in {}:\n    call_command(*command)\n"
    try:
        site.python(run.format(commands) + "print('null')")
        site.start_web()
        yield site
    finally:
        site.stop()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    # Pages of the open net may not show what is on this machine, else.
    context.grant_permissions(["local-network-access"])
    yield context
    context.close()


def framing(context: BrowserContext, origin: str, address: str) -> Page:
    """Open a page of another origin that shows an address in a frame."""
    html = f'<!doctype html><title>HIT</title><iframe width="900" height="700" src="{address}"></iframe>'
    context.route(f"{origin}/hit", lambda route: route.fulfill(body=html, content_type="text/html"))
    page = context.new_page()
    page.goto(f"{origin}/hit")
    return page


MTURK = "workerId=W1&assignmentId=A1&hitId=H1&turkSubmitTo=https%3A%2F%2Fworkersandbox.mturk.com"


def test_the_way_through_mturk(context: BrowserContext, turk_site: Site) -> None:
    handed_in: list[Request] = []

    def take(route: Route) -> None:
        handed_in.append(route.request)
        route.fulfill(body="<!doctype html><title>Thanks</title><h1>Submitted</h1>", content_type="text/html")

    context.route("https://workersandbox.mturk.com/mturk/externalSubmit", take)
    preview = f"{turk_site.url}/s/mturk/frame/?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=H1"
    hit = framing(context, "https://worker.mturk.com", preview)
    expect(hit.frame_locator("iframe").get_by_text("This is a preview")).to_be_visible()
    hit.close()
    context.unroute("https://worker.mturk.com/hit")

    hit = framing(context, "https://worker.mturk.com", f"{turk_site.url}/s/mturk/frame/?{MTURK}")
    with context.expect_page() as opened:
        hit.frame_locator("iframe").get_by_role("link", name="Open the study").click()
    study = opened.value
    errors = watch(study)
    listener = Listener(study, turk_site, "W1")
    study.get_by_role("button", name="I agree and take part").click()
    study.get_by_role("button", name="Begin listening").click()
    listener.answer()
    expect(study.get_by_text("THANKS42")).to_be_visible()
    study.get_by_role("button", name="Hand in at MTurk").click()
    expect(study.get_by_role("heading", name="Submitted")).to_be_visible()
    (request,) = handed_in
    assert request.method == "POST"
    assert request.post_data == "assignmentId=A1&surveycode=THANKS42"
    assert listener.stored()["stage"] == "done"
    assert errors == []


def test_nobody_else_may_frame_the_entry(context: BrowserContext, turk_site: Site) -> None:
    address = f"{turk_site.url}/s/mturk/frame/"
    for origin in (turk_site.url.replace("127.0.0.1", "localhost"), "https://mturk.com.evil.example"):
        with context.expect_event("console", lambda said: "frame-ancestors" in said.text):
            page = framing(context, origin, address)
        page.frames[1].wait_for_url("chrome-error://**")


def test_the_way_back_to_prolific(context: BrowserContext, turk_site: Site) -> None:
    context.route(
        "https://app.prolific.com/**",
        lambda route: route.fulfill(body="<title>Prolific</title>", content_type="text/html"),
    )
    page = context.new_page()
    errors = watch(page)
    listener = Listener(page, turk_site, "P1")
    listener.start("prolific")
    listener.answer()
    back = page.get_by_role("link", name="Go back to Prolific")
    page.keyboard.press("Tab")
    while not back.evaluate("e => e === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("https://app.prolific.com/submissions/complete?cc=THANKS42")
    assert errors == []


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (1200, "dark"), (375, "light"), (375, "dark")])
def test_the_pages_of_recruitment_are_for_everyone(chromium: Browser, turk_site: Site, width: int, scheme: str) -> None:
    looks = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    context = chromium.new_context(locale="en-GB", bypass_csp=True, **looks)
    page = context.new_page()
    site, me = turk_site.url, f"{width}-{scheme}"
    frame = f"{site}/s/mturk/frame/?hitId=H1&assignmentId="
    for address, told in (
        (f"{frame}ASSIGNMENT_ID_NOT_AVAILABLE", "This is a preview"),
        (f"{frame}A{me}&workerId=W{me}&turkSubmitTo=https%3A%2F%2Fworkersandbox.mturk.com", "Open the study"),
        (f"{site}/s/invited/", "By invitation only"),
    ):
        page.goto(address)
        expect(page.get_by_text(told).first).to_be_visible()
        check(page)
    taker = chromium.new_context(locale="en-GB")
    for visitor, name in ((taker.new_page(), "taker"), (page, f"F{me}")):
        visitor.goto(f"{site}/s/small/?PROLIFIC_PID={name}")
        agree = visitor.get_by_role("button", name="I agree and take part")
        if agree.is_visible():
            agree.click()
    taker.close()
    expect(page.get_by_role("heading", name="This study is full")).to_be_visible()
    check(page)
    for slug, link in (
        ("mturk", f"workerId=D{me}&assignmentId=A1&hitId=H1&turkSubmitTo=https%3A%2F%2Fworkersandbox.mturk.com"),
        ("prolific", f"PROLIFIC_PID=D{me}"),
    ):
        page.goto(f"{site}/s/{slug}/?{link}")
        page.get_by_role("button", name="I agree and take part").click()
        page.get_by_role("button", name="Begin listening").click()
        Listener(page, turk_site, f"D{me}").answer()
        expect(page.get_by_text("THANKS42")).to_be_visible()
        check(page)
    context.close()
