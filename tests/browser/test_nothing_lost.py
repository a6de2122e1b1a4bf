"""An answer reaches the server once, whatever happens between the two."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.browser.device import age, kept, kill_browser, press_save
from tests.browser.listener import Listener
from tests.running_site import Site

pytestmark = pytest.mark.browser

ANSWERS = "**/api/s/*/answers/"
OFFLINE_MS = 30_000


def abort(route: Route) -> None:
    route.abort("internetdisconnected")


def states(listener: Listener) -> list[str]:
    """The states of the listener's pages; every answered one has one judgement."""
    pages = listener.stored()["pages"]
    assert all(len(each["judgements"]) == (each["state"] == "answered") for each in pages)
    return [each["state"] for each in pages]


def test_offline_for_half_a_minute_in_mid_study_by_keyboard_alone(page: Page, listener: Listener) -> None:
    listener.start("triads")
    listener.answer()
    listener.wait_until_ready()
    page.context.set_offline(True)
    for number, sound in enumerate(listener.sounds(), start=1):
        page.keyboard.press(str(number))
        listener.expect_heard(sound)
    page.keyboard.press("w")
    page.keyboard.press("Enter")
    message = page.locator("#message")
    expect(message).to_contain_text("kept on this device and will be sent by itself")
    page.wait_for_timeout(OFFLINE_MS)
    expect(message).to_contain_text("kept on this device")
    assert [row["key"] for row in kept(page)["waiting"]]
    assert states(listener) == ["answered", "reserved"]
    with page.expect_navigation(timeout=30_000):
        page.context.set_offline(False)
    listener.wait_until_ready()
    expect(message).to_have_text("saved ✓")
    assert states(listener) == ["answered", "answered", "reserved"]
    assert kept(page) == {"waiting": [], "refused": []}


def test_a_reload_while_an_answer_waits(page: Page, listener: Listener) -> None:
    listener.start("triads")
    page.route(ANSWERS, abort)
    press_save(listener)
    page.reload()
    message = page.locator("#message")
    expect(message).to_contain_text("kept on this device")
    page.locator("[data-sound]").first.click()
    assert page.locator('[data-state="playing"]').count() == 0, "there is nothing to do here but wait"
    expect(message).to_contain_text("kept on this device and will be sent")
    page.unroute(ANSWERS)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    listener.wait_until_ready()
    assert listener.progress() == "2 of 3"
    assert states(listener) == ["answered", "reserved"]
    assert kept(page)["waiting"] == []


def test_a_browser_that_dies_before_the_answer_is_sent(
    chromium: Browser, chromium_path: str, listening_site: Site, tmp_path: Path
) -> None:
    profile, name = tmp_path / "profile", "someone-whose-browser-dies"
    options: dict[str, Any] = {
        "executable_path": chromium_path,
        "args": ["--no-sandbox", "--autoplay-policy=document-user-activation-required"],
        "locale": "en-GB",
    }
    context = chromium.browser_type.launch_persistent_context(profile, **options)
    listener = Listener(context.pages[0], listening_site, name)
    listener.start("triads")
    context.route(ANSWERS, abort)
    press_save(listener)
    key = kept(listener.page)["waiting"][0]["key"]
    kill_browser(profile)
    with suppress(Error):
        context.close()
    again = chromium.browser_type.launch_persistent_context(profile, **options)
    listener = Listener(again.pages[0], listening_site, name)
    sent: list[Any] = []
    again.on("request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None)
    listener.arrive("triads")
    expect(listener.page.locator(".progress span")).to_have_text("2 of 3", timeout=15_000)
    assert [each["idempotency_key"] for each in sent] == [key]
    assert states(listener) == ["answered", "reserved"]
    again.close()


def test_the_server_starts_again_while_an_answer_waits(page: Page, listener: Listener, listening_site: Site) -> None:
    listener.start("triads")
    listening_site.stop_web()
    try:
        press_save(listener)
    finally:
        listening_site.start_web(same_port=True)
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    listener.wait_until_ready()
    assert listener.progress() == "2 of 3"
    assert states(listener) == ["answered", "reserved"]


def test_two_windows_on_the_same_page(page: Page, listener: Listener) -> None:
    listener.start("triads")
    other = Listener(page.context.new_page(), listener.site, listener.name)
    other.arrive("triads")
    other.wait_until_ready()
    other.hear()
    other.choose_everywhere(2)
    listener.answer()
    other.page.get_by_role("button", name="Save and go on").click()
    expect(other.page.get_by_role("alert")).to_contain_text("This page has an answer already")
    expect(other.page.get_by_role("alert")).to_contain_text("does not count")
    assert [row["code"] for row in kept(page)["refused"]] == ["answered"]
    other.page.get_by_role("button", name="Go on", exact=True).click()
    other.wait_until_ready()
    assert other.progress() == "2 of 3"
    assert states(listener) == ["answered", "reserved"]
    age(page, days=29)
    page.reload()
    listener.answer()  # far longer than deleting would take
    assert len(kept(page)["refused"]) == 1
    age(page, days=2)
    page.reload()
    listener.answer()
    assert kept(page)["refused"] == []


def test_two_windows_with_one_answer_that_waits(page: Page, listener: Listener) -> None:
    listener.start("triads")
    page.context.route(ANSWERS, abort)
    press_save(listener)
    other = Listener(page.context.new_page(), listener.site, listener.name)
    other.arrive("triads")
    expect(other.page.locator("#message")).to_contain_text("kept on this device")
    page.context.unroute(ANSWERS)
    for each in (other, listener):
        expect(each.page.locator(".progress span")).to_have_text("2 of 3", timeout=15_000)
    assert states(listener) == ["answered", "reserved"]
    assert kept(page) == {"waiting": [], "refused": []}


def test_a_session_that_began_anew_meanwhile(page: Page, listener: Listener) -> None:
    listener.start("triads")
    page.context.clear_cookies()
    other = Listener(page.context.new_page(), listener.site, listener.name)
    other.arrive("triads")
    other.page.close()
    listener.answer()
    assert listener.progress() == "2 of 3"


def test_an_answer_waits_for_its_own_listener(page: Page, listener: Listener) -> None:
    """On a device that several people use, nobody sends what somebody else has answered."""
    listener.start("triads")
    page.route(ANSWERS, abort)
    press_save(listener)
    page.unroute(ANSWERS)
    second = Listener(page, listener.site, listener.name + "-second")
    second.start("triads")
    second.answer()
    assert (states(listener), states(second)) == (["reserved"], ["answered", "reserved"])
    assert len(kept(page)["waiting"]) == 1
    listener.arrive("triads")
    expect(page.locator(".progress span")).to_have_text("2 of 3", timeout=15_000)
    assert states(listener) == ["answered", "reserved"]
    assert kept(page)["waiting"] == []


def test_without_a_session_the_answer_waits_until_its_listener_is_back(page: Page, listener: Listener) -> None:
    listener.start("triads")
    listener.hear()
    listener.choose_everywhere()
    page.context.clear_cookies()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Open the link in your invitation again")
    expect(page.get_by_role("alert")).to_contain_text("kept on this device")
    listener.arrive("triads")
    expect(page.locator(".progress span")).to_have_text("2 of 3", timeout=15_000)
    assert states(listener) == ["answered", "reserved"]


def test_an_answer_that_waits_is_sent_from_any_page(page: Page, listener: Listener) -> None:
    listener.start("triads")
    page.route(ANSWERS, abort)
    press_save(listener)
    page.unroute(ANSWERS)
    page.goto(f"{listener.site.url}/s/triads/withdraw/")
    expect(page.locator("#outbox")).to_have_text("saved ✓")
    assert states(listener) == ["answered"]


def test_a_browser_that_cannot_keep_anything_says_so(page: Page, listener: Listener) -> None:
    page.add_init_script("Object.defineProperty(window, 'indexedDB', {get() { throw new Error('private'); }})")
    listener.start("triads")
    listener.hear()
    listener.choose_everywhere()
    page.route(ANSWERS, abort)
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator("#message")).to_contain_text("leave the page open")
    page.unroute(ANSWERS)
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    assert states(listener)[0] == "answered"


def test_what_stands_in_the_way_of_the_server_is_not_the_server(page: Page, listener: Listener) -> None:
    """The page of a hotel's network, or of a proxy, neither takes nor refuses an answer."""
    listener.start("triads")
    replies = [(200, "<h1>Welcome</h1>"), (403, "<h1>Forbidden</h1>"), (404, "[]"), (200, "{}")]

    def answer(route: Route) -> None:
        if not replies:
            return route.continue_()
        status, body = replies.pop(0)
        return route.fulfill(status=status, body=body)

    page.route(ANSWERS, answer)
    press_save(listener)
    with page.expect_navigation(timeout=30_000):
        pass
    assert replies == []
    assert states(listener)[0] == "answered"


def test_the_network_that_comes_back_during_an_attempt_is_not_overheard(page: Page, listener: Listener) -> None:
    listener.start("triads")
    attempts: list[Route] = []

    def fail(route: Route) -> None:
        """The fourth attempt fails when the test says so; the waits grow: 1 s, 2 s, 4 s, and 8 s would follow."""
        attempts.append(route)
        if len(attempts) < 4:
            route.abort()
        elif len(attempts) > 4:
            route.continue_()

    page.route(ANSWERS, fail)
    press_save(listener)
    while len(attempts) < 4:
        page.wait_for_timeout(50)
    page.evaluate("dispatchEvent(new Event('online'))")
    with page.expect_navigation(timeout=6000):
        attempts[3].abort()
    assert states(listener)[0] == "answered"
