"""Reloads, failures of sound, network and server, and pages that cannot be had."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.device import kept
from tests.browser.listener import WAIT_MS, Listener, watch
from tests.running_site import Site

pytestmark = pytest.mark.browser


def test_a_reload_in_the_middle_continues_on_the_same_page(page: Page, listener: Listener) -> None:
    listener.start("triads")
    listener.answer()
    listener.wait_until_ready()
    before = listener.sounds()
    listener.hear(before[0])
    page.reload()
    listener.wait_until_ready()
    assert (listener.sounds(), listener.progress()) == (before, "2 of 3")
    listener.answer()
    stored = listener.stored()
    assert [each["state"] for each in stored["pages"]] == ["answered", "answered", "reserved"]
    assert [len(each["judgements"]) for each in stored["pages"]] == [1, 1, 0]
    assert stored["pages"][1]["telemetry"]["reloaded"]
    assert not stored["pages"][0]["telemetry"]["reloaded"]


def test_the_link_continues_in_another_browser(page: Page, listener: Listener, chromium: Browser) -> None:
    listener.start("triads")
    listener.answer()
    listener.wait_until_ready()
    context = chromium.new_context(locale="en-GB")
    elsewhere = Listener(context.new_page(), listener.site, listener.name)
    elsewhere.arrive("triads")
    elsewhere.wait_until_ready()
    assert (elsewhere.sounds(), elsewhere.progress()) == (listener.sounds(), "2 of 3")
    elsewhere.answer()
    listener.hear()
    listener.choose_everywhere()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("This page has an answer already")
    page.get_by_role("button", name="Go on", exact=True).click()
    listener.wait_until_ready()
    assert listener.progress() == "3 of 3"
    assert len(listener.stored()["pages"]) == 3
    context.close()


def test_the_back_button_does_no_harm(page: Page, listener: Listener) -> None:
    listener.start("triads")
    listener.answer()
    listener.wait_until_ready()
    before = listener.sounds()
    page.go_back()
    listener.wait_until_ready()
    assert page.url.endswith("/s/triads/trial/")
    assert (listener.sounds(), listener.progress()) == (before, "2 of 3")


def test_a_sound_that_cannot_be_decoded_can_be_tried_again(page: Page, listener: Listener) -> None:
    page.route("**/ahead/", lambda route: route.abort())  # the next page may have the same sound
    listener.start("triads")
    broken: list[str] = []

    def garble(route: Route) -> None:
        """The second clip comes as noise, as often as it is tried without anybody's doing."""
        if len(broken) < 4 and route.request.url.endswith(second):
            broken.append(route.request.url)
            route.fulfill(status=200, content_type="audio/wav", body="no sound at all")
        else:
            route.continue_()

    second = page.evaluate("JSON.parse(document.getElementById('trial-data').textContent).clips[1].url")
    page.route("**/audio/*.wav", garble)
    page.reload()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Could not load: clip 2. Your earlier answers are saved.", timeout=WAIT_MS)
    expect(page.locator(".clips [data-sound]").nth(1)).to_have_attribute("data-state", "failed")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("#message")).to_have_text("The sounds are still loading.")
    page.get_by_role("button", name="Try again").click()
    listener.wait_until_ready()
    expect(alert).to_be_hidden()
    listener.answer()
    telemetry = listener.stored()["pages"][0]["telemetry"]
    assert (telemetry["load_failures"], telemetry["decode_failures"]) == (0, 4)


@pytest.mark.parametrize("trouble", ["no network", "server error", "reply lost"])
def test_an_answer_is_sent_again_until_it_is_acknowledged(page: Page, listener: Listener, trouble: str) -> None:
    listener.start("triads")
    listener.hear()
    listener.choose_everywhere()
    sent: list[dict[str, Any]] = []

    def fail_once(route: Route) -> None:
        sent.append(route.request.post_data_json)
        if len(sent) > 1:
            route.continue_()
        elif trouble == "no network":
            route.abort("internetdisconnected")
        elif trouble == "server error":
            route.fulfill(status=503, body="<h1>Busy</h1>")
        else:
            route.fetch()  # the server stores it, but its reply is lost
            route.abort("connectionreset")

    page.route("**/api/s/*/answers/", fail_once)
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
        expect(page.locator("#message")).to_contain_text("Your answer is kept on this device")
        page.locator("[data-key]").nth(2).click(force=True)  # what is being sent cannot be changed
        expect(page.locator("[data-key]").nth(0)).to_be_checked()
    listener.wait_until_ready()
    expect(page.locator("#message")).to_have_text("saved ✓")
    assert len(sent) == 2
    assert sent[0] == sent[1]
    stored = listener.stored()["pages"]
    assert [each["state"] for each in stored] == ["answered", "reserved"]
    assert len(stored[0]["judgements"]) == 1


def test_a_study_that_closes_meanwhile_refuses_and_says_what_is_kept(
    page: Page, listener: Listener, listening_site: Site
) -> None:
    listener.start("closing")
    listener.answer()
    listener.wait_until_ready()
    listener.hear()
    listener.choose_everywhere()
    listening_site.manage("set_study_state", "closing", "closed")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("This study is closed and takes no more answers")
    expect(page.get_by_role("alert")).to_contain_text("does not count")
    assert [row["code"] for row in kept(page)["refused"]] == ["closed"]
    page.get_by_role("button", name="Go to the start of the study").click()
    expect(page.get_by_text("Your answer to 1 page is saved.")).to_be_visible()
    assert [each["state"] for each in listener.stored()["pages"]] == ["answered", "reserved"]


def test_an_answer_during_a_pause_can_be_sent_when_it_is_over(page: Page, listener: Listener) -> None:
    listener.start("triads")
    listener.hear()
    listener.choose_everywhere()
    page.route("**/api/**", lambda route: route.fulfill(status=409, body='{"error": "paused", "message": "A pause."}'))
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("A pause.")
    page.unroute("**/api/**")
    with page.expect_navigation():
        page.get_by_role("button", name="Try again").click()
    assert [each["state"] for each in listener.stored()["pages"]] == ["answered", "reserved"]


def test_a_sound_device_that_does_not_run_is_told(page: Page, listener: Listener) -> None:
    page.add_init_script("AudioContext.prototype.resume = () => new Promise(() => {})")
    page.add_init_script("Object.defineProperty(AudioContext.prototype, 'state', {get: () => 'suspended'})")
    listener.start("triads")
    page.locator(".clips [data-sound]").first.click()
    expect(page.locator("#message")).to_contain_text("Check your headphones")
    assert page.locator('[data-state="unheard"]').count() == 3


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/s/nowhere/", "check the link in your invitation"),
        ("/s/closed/", "This study is closed"),
        ("/s/draft/", "This study has not begun yet"),
        ("/s/triads/trial/", "This browser has not begun the study"),
    ],
)
def test_pages_that_cannot_be_had_say_why(page: Page, listening_site: Site, address: str, says: str) -> None:
    reply = page.goto(listening_site.url + address)
    assert reply is not None
    assert reply.status in {403, 404}
    expect(page.get_by_role("main")).to_contain_text(says)


def test_a_guessed_session_is_nobody(page: Page, listening_site: Site) -> None:
    cookie = {"name": "sessionid", "value": "0123456789abcdefghijklmnopqrstuv", "url": listening_site.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(listening_site.url + "/s/triads/done/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have not begun here")
    page.get_by_role("link", name="Go to the start of the study").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you begin")


def test_another_listeners_page_is_refused(page: Page, listener: Listener, chromium: Browser) -> None:
    listener.start("triads")
    context = chromium.new_context(locale="en-GB")
    other = Listener(context.new_page(), listener.site, listener.name + "-other")
    errors = watch(other.page)
    other.start("triads")
    key = listener.stored()["pages"][0]["key"]
    other.page.route(
        "**/api/**",
        lambda route: route.continue_(
            post_data=re.sub(r'"assignment":"\w+"', f'"assignment":"{key}"', route.request.post_data or "")
        ),
    )
    other.hear()
    other.choose_everywhere()
    other.page.get_by_role("button", name="Save and go on").click()
    expect(other.page.get_by_role("alert")).to_contain_text("This page was not given to you")
    assert [each["state"] for each in listener.stored()["pages"]] == ["reserved"]
    assert errors == []
    context.close()


def test_consent_can_be_declined_and_given_later(page: Page, listener: Listener) -> None:
    listener.arrive("triads")
    page.get_by_role("button", name="I do not take part").click()
    expect(page.get_by_text("NONE7")).to_be_visible()
    assert listener.stored()["stage"] == "declined"
    page.goto(listener.site.url + "/s/triads/trial/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You do not take part")
    page.get_by_role("link", name="I have changed my mind").click()
    page.get_by_role("button", name="I agree and take part").click()
    assert listener.stored()["stage"] == "consented"


def test_without_scripts_the_page_says_so(chromium: Browser, listening_site: Site) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(listening_site.url + "/s/triads/")
    hint = page.locator("noscript")
    box = hint.bounding_box()
    assert "needs JavaScript" in hint.inner_text()
    assert box is not None
    assert box["height"] > 40
    context.close()
