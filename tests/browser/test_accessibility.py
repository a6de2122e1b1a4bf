"""WCAG 2.2 AA by axe on every page, wide and narrow, light and dark; and what axe does not see."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import check
from tests.browser.listener import WAIT_MS, Listener
from tests.running_site import Site

pytestmark = pytest.mark.browser

LOOKS = [(1200, "light"), (1200, "dark"), (375, "light"), (375, "dark")]


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB", bypass_csp=True
    )
    yield context.new_page()
    context.close()


def test_every_page_of_a_study(look: Page, listening_site: Site) -> None:
    listener = Listener(look, listening_site)
    listener.arrive("contexts")
    check(look)
    look.get_by_role("button", name="I agree and take part").click()
    check(look)
    look.get_by_role("button", name="Begin listening").click()
    listener.wait_until_ready()
    check(look)
    look.get_by_role("button", name="Save and go on").click()
    check(look)
    listener.hear()
    listener.choose_everywhere()
    check(look)
    look.route("**/api/**", lambda route: route.fulfill(status=409, body='{"error": "answered", "message": "No."}'))
    look.get_by_role("button", name="Save and go on").click()
    expect(look.get_by_role("alert")).to_be_visible()
    check(look)
    look.unroute("**/api/**")
    listener.save()
    listener.answer()
    listener.answer()
    expect(look.get_by_text("THANKS42")).to_be_visible()
    check(look)


def test_every_other_page(look: Page, listening_site: Site) -> None:
    for address in ("/s/nowhere/", "/s/closed/", "/s/draft/", "/s/triads/trial/", "/s/triads/?PROLIFIC_PID="):
        look.goto(listening_site.url + address)
        check(look)
    listener = Listener(look, listening_site)
    listener.arrive("triads")
    look.get_by_role("button", name="I do not take part").click()
    check(look)
    listener = Listener(look, listening_site, listener.name + "-again")
    listener.start("triads")
    check(look)


def test_the_pages_of_the_screening(look: Page, listening_site: Site) -> None:
    listener = Listener(look, listening_site)
    listener.arrive("screened")
    look.get_by_role("button", name="I agree and take part").click()
    ready = look.locator(".send button[type=submit]")
    expect(ready).to_have_text("The volume is comfortable")
    ready.click()
    check(look)
    look.get_by_role("button", name="Play the noise").click()
    expect(look.locator("#play")).to_have_accessible_description("playing; heard long enough ✓")
    check(look)
    look.get_by_role("button", name="The volume is comfortable").click()
    expect(look.get_by_role("heading", level=1)).to_have_text("Headphone check")
    expect(ready).to_have_text("Next trial")
    look.evaluate("document.getElementById('mono').hidden = false")
    check(look)
    look.locator("#play").click()
    expect(look.locator(".choice").first).to_have_class("choice sounding")
    check(look)
    expect(look.locator("#play")).to_have_attribute("data-state", "heard", timeout=WAIT_MS)
    look.get_by_label("2", exact=True).check()
    check(look)
    targets = "all => all.map(e => e.getBoundingClientRect()).filter(r => r.width < 44 || r.height < 44).length"
    assert look.locator("main button, main label").evaluate_all(targets) == 0


def test_leaving_and_going_on_elsewhere(look: Page, listening_site: Site) -> None:
    listener = Listener(look, listening_site)
    listener.start("linked")
    look.get_by_text("Continue on another device").click()
    check(look)
    targets = "all => all.map(e => e.getBoundingClientRect()).filter(r => r.width < 44 || r.height < 44).length"
    assert look.locator("footer a, footer summary, footer input, footer button").evaluate_all(targets) == 0
    look.get_by_role("link", name="Stop and withdraw").click()
    check(look)
    look.get_by_role("button", name="Delete everything and stop").click()
    check(look)
    look.goto(f"{listening_site.url}/s/linked/?continue=none")
    check(look)


def test_targets_are_large_enough(look: Page, listening_site: Site) -> None:
    listener = Listener(look, listening_site)
    listener.start("contexts")
    targets = "all => all.map(e => e.getBoundingClientRect()).filter(r => r.width < 44 || r.height < 44).length"
    assert look.locator("main button, main label, footer a").evaluate_all(targets) == 0


def test_twice_the_size_fits(chromium: Browser, listening_site: Site) -> None:
    """200 % zoom of a 1200 px window is a window of 600 px with twice the pixels."""
    context = chromium.new_context(viewport={"width": 600, "height": 400}, device_scale_factor=2, bypass_csp=True)
    page = context.new_page()
    listener = Listener(page, listening_site)
    listener.start("contexts")
    check(page)
    Listener(page, listening_site, listener.name + "-screened").arrive("warned")
    page.get_by_role("button", name="I agree and take part").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Headphone check")
    check(page)
    context.close()


def test_names_and_live_regions(page: Page, listener: Listener) -> None:
    listener.start("contexts")
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute("value", "1")
    for name in ("Play 1", "Play 2", "Play 3"):
        button = page.get_by_role("button", name=name, exact=True)
        expect(button).to_have_accessible_description("not heard yet")
    group = page.get_by_role("group", name="How lively is each answer?").get_by_role("group", name="Clip 2")
    expect(group.get_by_role("radio", name="1 very calm")).to_be_visible()
    expect(group.get_by_role("radio", name="5 very lively")).to_be_visible()
    expect(page.get_by_role("radio", name="1 and 2")).to_have_accessible_description(
        "Still to hear: what was said before, 1, 2, 3"
    )
    assert page.locator("#message").get_attribute("role") == "status"
    assert page.locator("#to-hear").get_attribute("role") == "status"
    assert page.locator("#trouble").get_attribute("role") == "alert"


def test_the_keyboard_reaches_everything_in_order(page: Page, listener: Listener) -> None:
    listener.start("triads")
    focused = "(e => e.dataset.sound ?? (e.name || e.textContent.trim()))(document.activeElement)"
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focused))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert reached == ["Skip to the content", *listener.sounds(), "odd", "Save and go on"]
