"""From the link to the completion code, by mouse and by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.listener import Listener

pytestmark = pytest.mark.browser


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the button is reached."""
    button = page.get_by_role("button", name=name)
    for _ in range(10):
        page.keyboard.press("Tab")
        if button.evaluate("e => e === document.activeElement"):
            return
    pytest.fail(f"Tab does not reach {name}")


def test_sound_waits_for_a_gesture(page: Page, listener: Listener) -> None:
    """The browser of these tests is as strict as people's."""
    page.add_init_script("window.early = new AudioContext()")
    listener.arrive("triads")
    assert page.evaluate("early.state") == "suspended"


def test_a_whole_study_by_mouse(page: Page, listener: Listener) -> None:
    listener.arrive("contexts")
    assert page.url.endswith("/s/contexts/consent/"), "the id has left the address"
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you begin")
    page.get_by_role("button", name="I agree and take part").click()
    expect(page.get_by_text("There are 3 pages")).to_be_visible()
    page.get_by_role("button", name="Begin listening").click()
    screen = []
    for number in (1, 2, 3):
        assert listener.progress() == f"{number} of 3"
        listener.wait_until_ready()
        screen.append(listener.slots())
        listener.hear()
        listener.choose_everywhere(point=number - 1)
        listener.save()
    expect(page.get_by_text("THANKS42")).to_be_visible()
    expect(page.get_by_text("Your answers to 3 pages are saved.")).to_be_visible()
    stored = listener.stored()
    assert stored["stage"] == "done"
    assert [each["presented"] for each in stored["pages"]] == screen
    for number, each in enumerate(stored["pages"], start=1):
        ratings = [(name, slot, float(number), None) for name in ("energy", "suitability") for slot in (0, 1, 2)]
        # The first pair on the screen leaves out the third clip, the second the second, the third the first.
        pair = ("similar", None, None, each["presented"][3 - number])
        assert sorted(each["judgements"], key=str) == sorted([*ratings, pair], key=str)
        assert each["plays"] == [1, 1, 1]
        assert each["telemetry"]["context_plays"] == 1
    assert [name for name in page.context.cookies() if name["name"] != "sessionid"] == []


def test_what_was_heard_is_told_with_monotonic_times(page: Page, listener: Listener) -> None:
    listener.start("triads")
    first, second, third = listener.sounds()
    page.locator(f'[data-sound="{first}"]').click()
    page.wait_for_timeout(60)
    page.locator(f'[data-sound="{first}"]').click()  # again from the start: the first play is broken off
    listener.expect_heard(first)
    listener.hear(third, second, third)
    listener.choose_everywhere()
    listener.save()
    answer = listener.stored()["pages"][0]
    plays = answer["telemetry"]["plays"]
    assert [play["sound"] for play in plays] == [first, first, third, second, third]
    assert [play["completed"] for play in plays] == [False, True, True, True, True]
    assert plays[0]["heard_s"] < plays[1]["heard_s"]
    assert all(0.2 <= play["heard_s"] < 0.4 for play in plays[1:])
    starts = [play["at_ms"] for play in plays]
    assert starts == sorted(starts)
    assert 0 < answer["telemetry"]["first_play_ms"] <= starts[0]
    assert starts[-1] + 200 < answer["rt_ms"] < 60_000
    counted = {first: 1, second: 1, third: 2}
    assert answer["plays"] == [counted[str(slot)] for slot in (0, 1, 2)]


def test_a_whole_study_by_keyboard_alone(page: Page, listener: Listener) -> None:
    keyboard = page.keyboard
    listener.arrive("triads")
    tab_to(page, "I agree and take part")
    with page.expect_navigation():
        keyboard.press("Enter")
    tab_to(page, "Begin listening")
    with page.expect_navigation():
        keyboard.press("Enter")
    for choice, key in enumerate("qwe"):
        listener.wait_until_ready()
        for number, sound in enumerate(listener.sounds(), start=1):
            keyboard.press(str(number))
            listener.expect_heard(sound)
        keyboard.press(key)
        expect(page.locator("[data-key]").nth(choice)).to_be_checked()
        with page.expect_navigation():
            keyboard.press("Enter")
    expect(page.get_by_text("THANKS42")).to_be_visible()
    for choice, each in enumerate(listener.stored()["pages"]):
        assert each["judgements"] == [("odd", None, None, each["presented"][choice])]


def test_scales_and_context_by_keyboard(page: Page, listener: Listener) -> None:
    keyboard = page.keyboard
    listener.start("contexts")
    keyboard.press("c")
    listener.expect_heard("context")
    keyboard.press("0")
    expect(page.locator('[data-sound="context"]')).to_have_attribute("data-state", "playing")
    listener.expect_heard("context")
    for number, slot in enumerate(listener.slots(), start=1):
        keyboard.press(str(number))
        listener.expect_heard(str(slot))
    keyboard.press("w")
    page.locator('input[name^="suitability"]').first.focus()
    for _ in range(3):
        keyboard.press("Space")
        keyboard.press("ArrowRight")
        keyboard.press("Tab")
    page.locator('input[name^="energy"]').first.focus()
    for _ in range(3):
        keyboard.press("Space")
        keyboard.press("Tab")
    with page.expect_navigation():
        keyboard.press("Enter")
    answer = listener.stored()["pages"][0]
    values = {(name, slot): value for name, slot, value, _ in answer["judgements"]}
    assert [values["suitability", slot] for slot in (0, 1, 2)] == [2, 2, 2]
    assert [values["energy", slot] for slot in (0, 1, 2)] == [1, 1, 1]
    assert answer["telemetry"]["context_plays"] == 2


def test_keys_can_be_switched_off(page: Page, listener: Listener) -> None:
    listener.start("triads")
    page.get_by_label("Keys").uncheck()
    page.keyboard.press("1")
    page.reload()
    listener.wait_until_ready()
    expect(page.get_by_label("Keys")).not_to_be_checked()
    page.keyboard.press("1")
    page.wait_for_timeout(100)
    assert page.locator('[data-state="unheard"]').count() == 3
    page.get_by_label("Keys").check()
    page.keyboard.press("1")
    listener.expect_heard(listener.sounds()[0])


def test_nothing_can_be_answered_before_everything_was_heard(page: Page, listener: Listener) -> None:
    listener.start("contexts")
    first, second, third = listener.slots()
    button, message = page.get_by_role("button", name="Save and go on"), page.locator("#message")
    button.click()
    expect(message).to_have_text("Still to hear: what was said before, 1, 2, 3")
    listener.hear("context", str(first), str(third))
    page.locator('input[name="similar"]').first.click()
    expect(page.locator('input[name="similar"]').first).not_to_be_checked()
    expect(message).to_have_text("Still to hear: 2")
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    assert page.locator("input:checked").count() == 1, "only the switch of the keys is on"
    listener.hear(str(second))
    expect(page.locator("#to-hear")).to_have_text("You have heard everything.")
    button.click()
    expect(message).to_have_text("Still to answer: How well does each answer fit what was said? (Clip 1)")
    expect(page.locator(f'input[name="suitability-{first}"]').first).to_be_focused()
    assert listener.stored()["pages"][0]["answer_id"] is None
    listener.choose_everywhere()
    listener.save()
    assert listener.progress() == "2 of 3"


def test_one_sound_at_a_time(page: Page, listener: Listener) -> None:
    listener.start("triads")
    first, second, _ = listener.sounds()
    page.locator(f'[data-sound="{first}"]').click()
    waiting = page.locator(f'[data-sound="{second}"]')
    expect(waiting).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("2")
    listener.expect_heard(first)
    expect(waiting).to_have_attribute("data-state", "unheard")
    expect(waiting).to_have_attribute("aria-disabled", "false")


def test_the_ring_fills_unless_motion_is_unwanted(page: Page, listener: Listener) -> None:
    listener.start("contexts")
    offset = (
        "e => { const f = e.querySelector('.fill'); return new Promise(done => setTimeout(() => done("
        "parseFloat(getComputedStyle(f).strokeDashoffset)), 200)); }"
    )
    context = page.locator('[data-sound="context"]')
    fills = "e => { const f = e.querySelector('.fill'); const at = parseFloat(getComputedStyle(f).strokeDashoffset); "
    fills += "return at > 0 && at < 90; }"
    context.click()
    page.wait_for_function(fills, arg=context.element_handle(), polling="raf")
    listener.expect_heard("context")
    page.emulate_media(reduced_motion="reduce")
    context.click()
    expect(page.locator("#state-context")).to_have_text("playing…")
    assert context.evaluate(offset) == 100


def test_in_swedish(page: Page, listener: Listener) -> None:
    listener.arrive("triads")
    page.get_by_role("link", name="Svenska").click()
    assert page.locator("html").get_attribute("lang") == "sv"
    page.get_by_role("button", name="Jag samtycker och deltar").click()
    page.get_by_role("button", name="Börja lyssna").click()
    expect(page.locator("#to-hear")).to_have_text(re.compile("^Kvar att höra: 1, 2, 3$"))
    assert listener.stored()["language"] == "sv"
