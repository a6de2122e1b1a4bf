"""Withdrawing, and going on with another device."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.device import kept, press_save
from tests.browser.listener import Listener

pytestmark = pytest.mark.browser


def test_withdrawing_takes_what_waits_on_the_device_with_it(page: Page, listener: Listener) -> None:
    listener.start("triads")
    listener.answer()
    page.route("**/api/s/*/answers/", lambda route: route.abort("internetdisconnected"))
    press_save(listener)
    assert len(kept(page)["waiting"]) == 1
    page.get_by_role("link", name="Stop and withdraw").click()
    expect(page.get_by_role("main")).to_contain_text("Everything that is stored about you here is deleted")
    page.get_by_role("button", name="Delete everything and stop").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have withdrawn")
    expect(page.get_by_text("NONE7")).to_be_visible()
    for _ in range(50):
        if kept(page) == {"waiting": [], "refused": []}:
            break
        page.wait_for_timeout(50)
    assert kept(page) == {"waiting": [], "refused": []}
    listener.arrive("triads")
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you begin")


def test_the_link_continues_on_another_device(page: Page, listener: Listener, chromium: Browser) -> None:
    listener.start("linked")
    listener.answer()
    listener.wait_until_ready()
    page.get_by_text("Continue on another device").click()
    link = page.get_by_label("Your link").input_value()
    context = chromium.new_context(locale="en-GB")
    elsewhere = Listener(context.new_page(), listener.site)
    elsewhere.page.goto(link)
    elsewhere.wait_until_ready()
    assert elsewhere.page.url.endswith("/s/linked/trial/"), "the token has left the address"
    assert (elsewhere.progress(), elsewhere.sounds()) == ("2 of 3", listener.sounds())
    elsewhere.answer()
    assert elsewhere.progress() == "3 of 3"
    context.close()


def test_the_link_is_copied(page: Page, listener: Listener) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    listener.start("linked")
    page.get_by_text("Continue on another device").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#copied")).to_have_text("copied ✓")
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Your link").input_value()
