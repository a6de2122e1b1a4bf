"""Volume and headphone screening in a real browser; simulated ears hear the very samples that the page plays."""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from annotations.design.screening import Kind
from tests.browser.listener import WAIT_MS, Listener
from tests.browser.screening_sounds import Sound
from tests.browser.simulated_ears import choice, from_loudspeakers, over_headphones

pytestmark = pytest.mark.browser

Choose = Callable[[Sound], int]
SPANS = {
    "huggins": [(0.0, 1.0), (2.0, 3.0), (4.0, 5.0)],
    "antiphase": [(0.0, 1.0), (1.5, 2.5), (3.0, 4.0)],
}
# Keeps what is played, and where it goes.
LISTEN = """
window.contexts = 0;
window.played = [];
const Context = window.AudioContext;
window.AudioContext = class extends Context { constructor() { super(); window.contexts += 1; } };
const { start, connect } = { start: AudioBufferSourceNode.prototype.start, connect: AudioNode.prototype.connect };
AudioNode.prototype.connect = function (to) { this.to = to.constructor.name; return connect.apply(this, arguments); };
AudioBufferSourceNode.prototype.start = function () { window.played.push(this); return start.apply(this, arguments); };
"""
LAST = """async () => {
  const { buffer, to, loop, context } = window.played.at(-1);
  const encode = (samples) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob([samples]));
  });
  const ears = [];
  for (let ear = 0; ear < buffer.numberOfChannels; ear++) ears.push(await encode(buffer.getChannelData(ear)));
  return { ears, to, loop, rate: buffer.sampleRate, of_device: context.sampleRate };
}"""


@pytest.fixture
def listener(listener: Listener) -> Listener:
    listener.page.add_init_script(LISTEN)
    return listener


def come(listener: Listener, slug: str) -> None:
    """Go from the link to the first step."""
    listener.arrive(slug)
    listener.page.get_by_role("button", name="I agree and take part").click()
    wait_until_ready(listener.page)


def wait_until_ready(page: Page) -> None:
    """Wait until the script of the page has taken over."""
    expect(page.locator(".send button[type=submit]")).to_be_visible(timeout=WAIT_MS)


def set_volume(page: Page) -> None:
    page.get_by_role("button", name="Play the noise").click()
    expect(page.locator("#state")).to_have_text("playing; heard long enough ✓")
    page.get_by_role("button", name="The volume is comfortable").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Headphone check")
    wait_until_ready(page)


def hear(page: Page) -> None:
    wait_until_ready(page)
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_attribute("data-state", "playing")
    expect(page.locator("#play")).to_have_attribute("data-state", "heard", timeout=WAIT_MS)


def last_sound(page: Page, kind: Kind) -> Sound:
    """What the page has just played, as it goes to the device."""
    played = page.evaluate(LAST)
    assert (played["to"], played["loop"]) == ("AudioDestinationNode", False)
    assert played["rate"] == played["of_device"]
    ears = np.array([np.frombuffer(base64.b64decode(ear), "<f4") for ear in played["ears"]])
    assert ears.shape == (2, round(SPANS[kind][-1][1] * played["rate"]))
    return Sound(ears, True, played["rate"], SPANS[kind])


def listen_through(page: Page, kind: Kind, choose: Choose) -> list[int]:
    """Hear and answer three trials; return the answers."""
    answers = []
    for number in (1, 2, 3):
        expect(page.locator("#number")).to_have_text(f"Trial {number} of 3")
        hear(page)
        answers.append(choose(last_sound(page, kind)))
        page.get_by_label(str(answers[-1]), exact=True).check()
        page.get_by_role("button", name="Next trial" if number < 3 else "Finish the check").click()
    return answers


def ears(kind: Kind, heard: Any) -> Choose:
    generator = np.random.default_rng(5)
    return lambda sound: choice(sound, kind, heard, generator)


def test_who_wears_headphones_comes_to_the_trials(page: Page, listener: Listener) -> None:
    come(listener, "screened")
    set_volume(page)
    answers = listen_through(page, "antiphase", ears("antiphase", over_headphones))
    page.get_by_role("button", name="Begin listening").click()
    listener.wait_until_ready()
    stored = listener.stored()
    assert stored["stage"] == "working"
    volume, headphones, instructions = stored["steps"]
    assert [each["step"] for each in (volume, headphones, instructions)] == ["volume", "headphones", "instructions"]
    assert volume["data"]["heard_s"] >= 3
    assert (headphones["score"], headphones["out_of"], headphones["passed"], headphones["settled"]) == (3, 3, 1, 1)
    data = headphones["data"]
    assert [trial["answer"] for trial in data["trials"]] == answers == data["targets"]
    for trial in data["trials"]:
        (play,) = trial["plays"]
        assert play["completed"]
        assert 3.95 <= play["heard_s"] <= 4.0
        assert 0 < trial["rt_ms"] < 10_000
    at = [trial["plays"][0]["at_ms"] for trial in data["trials"]]
    assert np.all(np.diff([*at, data["page"]["sent_ms"]]) > 4000)
    assert data["page"]["device"]["channels"] >= 2
    assert data["page"]["device"]["sample_rate"] >= 8000
    assert data["starts"] == 1


def test_who_listens_to_loudspeakers_is_told_kindly_and_gets_a_code(page: Page, listener: Listener) -> None:
    come(listener, "screened")
    set_volume(page)
    listen_through(page, "antiphase", ears("antiphase", from_loudspeakers))
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for coming")
    expect(page.get_by_text("NEXT9")).to_be_visible()
    stored = listener.stored()
    assert stored["stage"] == "screened_out"
    assert (stored["steps"][-1]["score"], stored["steps"][-1]["passed"]) == (0, 0)
    page.goto(f"{listener.site.url}/s/screened/steps/headphones/")
    expect(page.get_by_text("NEXT9")).to_be_visible()


def test_a_second_try_for_who_puts_headphones_on(page: Page, listener: Listener) -> None:
    """Huggins pitch. Whoever hears nothing and always takes the first is right in one of three."""
    come(listener, "second-try")
    listen_through(page, "huggins", lambda _: 1)
    expect(page.get_by_text("Please try once more, with other sounds.")).to_be_visible()
    listen_through(page, "huggins", ears("huggins", over_headphones))
    expect(page.get_by_role("button", name="Begin listening")).to_be_visible()
    steps = listener.stored()["steps"]
    assert [(each["attempt"], each["score"], each["passed"]) for each in steps] == [(0, 1, 0), (1, 3, 1)]


def test_a_warning_and_on(page: Page, listener: Listener) -> None:
    come(listener, "warned")
    hear(page)
    wrong = choice(last_sound(page, "antiphase"), "antiphase", from_loudspeakers, np.random.default_rng(5))
    page.get_by_label(str(wrong), exact=True).check()
    page.get_by_role("button", name="Finish the check").click()
    expect(page.get_by_text("The headphone check did not go well this time. You can go on")).to_be_visible()
    page.get_by_role("button", name="Begin listening").click()
    listener.wait_until_ready()
    assert listener.stored()["steps"][0]["passed"] == 0


def test_the_noise_comes_first_and_needs_a_gesture(page: Page, listener: Listener) -> None:
    come(listener, "screened")
    confirm, message = page.get_by_role("button", name="The volume is comfortable"), page.locator("#message")
    confirm.click()
    expect(message).to_have_text("Play the noise first and set the volume of your device.")
    assert page.evaluate("window.contexts") == 0
    page.get_by_role("button", name="Play the noise").click()
    page.get_by_role("button", name="Stop the noise").click()
    expect(page.locator("#state")).to_have_text("stopped; please hear it a little longer")
    confirm.click()
    expect(message).to_have_text("Let the noise play for 3 more s.")
    noise = page.evaluate(LAST)
    assert (noise["to"], noise["loop"], len(noise["ears"])) == ("GainNode", True, 2)
    set_volume(page)
    data = listener.stored()["steps"][0]["data"]
    assert data["n_plays"] == len(data["plays"]) == 2
    assert page.evaluate("history.length") <= 4, "the page of the volume is not gone back to"


def test_nothing_is_chosen_before_everything_was_heard(page: Page, listener: Listener) -> None:
    come(listener, "warned")
    expect(page.locator("#play")).to_have_accessible_name("Play the three sounds")
    expect(page.locator("#play")).to_have_accessible_description("not heard yet")
    expect(page.get_by_role("group", name="Which one is the quietest?")).to_be_visible()
    first, message = page.get_by_label("1", exact=True), page.locator("#message")
    first.click()
    expect(first).not_to_be_checked()
    expect(message).to_have_text("Hear the three sounds to their end first.")
    page.get_by_role("button", name="Finish the check").click()
    page.locator("#play").click()
    said = page.locator("#sounding")
    for number in (1, 2, 3):
        expect(page.locator(".choice").nth(number - 1)).to_have_class("choice sounding")
        expect(page.locator("#state")).to_have_text(f"sound {number}")
        expect(said).to_have_text(f"sound {number}")
        page.keyboard.press(str(number))
    assert page.locator("[name=choice]:checked").count() == 0
    expect(message).to_have_text("That was all three. Which one was it?", timeout=WAIT_MS)
    expect(said).to_have_text("")
    assert (said.get_attribute("role"), message.get_attribute("role")) == ("status", "status")
    page.get_by_role("button", name="Finish the check").click()
    expect(message).to_have_text("Choose 1, 2 or 3. If you are not sure, guess.")
    assert listener.stored()["steps"] == []


def test_each_trial_is_heard_twice_at_most(page: Page, listener: Listener) -> None:
    come(listener, "warned")
    hear(page)
    expect(page.locator("#state")).to_have_text("heard ✓; you may hear it once more")
    page.get_by_label("2", exact=True).check()
    hear(page)
    expect(page.get_by_label("2", exact=True)).not_to_be_checked()
    expect(page.locator("#play")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("p")
    expect(page.locator("#message")).to_have_text("Each trial can be heard twice, and you have heard this one twice.")
    page.get_by_label("2", exact=True).check()
    page.get_by_role("button", name="Finish the check").click()
    expect(page.get_by_role("button", name="Begin listening")).to_be_visible()
    assert [play["completed"] for play in listener.stored()["steps"][0]["data"]["trials"][0]["plays"]] == [True, True]


def test_a_reload_begins_the_same_trials_again(page: Page, listener: Listener) -> None:
    come(listener, "screened")
    set_volume(page)
    plan = page.locator("#step-data").text_content()
    hear(page)
    page.get_by_label("3", exact=True).check()
    page.get_by_role("button", name="Next trial").click()
    expect(page.locator("#number")).to_have_text("Trial 2 of 3")
    expect(page.locator("#play")).to_be_focused()
    expect(page.locator("#message")).to_have_text("Trial 2 of 3")
    page.reload()
    expect(page.locator("#number")).to_have_text("Trial 1 of 3")
    assert page.locator("#step-data").text_content() == plan
    listen_through(page, "antiphase", ears("antiphase", over_headphones))
    expect(page.get_by_role("button", name="Begin listening")).to_be_visible()
    data = listener.stored()["steps"][1]["data"]
    assert data["starts"] == 2
    assert data["page"]["reloaded"]
    assert len(data["trials"]) == 3


def test_by_keyboard_alone(page: Page, listener: Listener) -> None:
    come(listener, "warned")
    expect(page.locator("#number")).to_have_text("Trial 1 of 1")
    page.keyboard.press("p")
    expect(page.locator("#play")).to_have_attribute("data-state", "heard", timeout=WAIT_MS)
    page.keyboard.press("2")
    expect(page.get_by_label("2", exact=True)).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("3", exact=True)).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Begin listening")).to_be_visible()
    assert listener.stored()["steps"][0]["data"]["trials"][0]["answer"] == 3


def test_keys_can_be_switched_off(page: Page, listener: Listener) -> None:
    come(listener, "warned")
    page.get_by_label("Keys").uncheck()
    page.keyboard.press("p")
    page.keyboard.press("1")
    assert page.evaluate("window.played.length") == 0
    expect(page.locator("#message")).to_be_empty()


def test_mono_is_said_and_stored(page: Page, listener: Listener) -> None:
    page.add_init_script("Object.defineProperty(AudioDestinationNode.prototype, 'maxChannelCount', {get: () => 1})")
    come(listener, "warned")
    expect(page.get_by_role("alert")).to_be_hidden()
    hear(page)
    expect(page.get_by_role("alert")).to_contain_text("the same sound (mono)")
    page.get_by_label("2", exact=True).check()
    page.get_by_role("button", name="Finish the check").click()
    expect(page.get_by_role("button", name="Begin listening")).to_be_visible()
    assert listener.stored()["steps"][0]["data"]["page"]["device"]["channels"] == 1


def test_answers_are_sent_again_when_the_network_fails(page: Page, listener: Listener) -> None:
    failed: list[str] = []

    def fail_twice(route: Route) -> None:
        if route.request.method == "POST" and len(failed) < 2:
            failed.append(route.request.url)
            return route.abort() if len(failed) == 1 else route.fulfill(status=503)
        return route.continue_()

    come(listener, "warned")
    hear(page)
    page.get_by_label("2", exact=True).check()
    page.route("**/steps/headphones/", fail_twice)
    page.get_by_role("button", name="Finish the check").click()
    expect(page.locator("#message")).to_have_text("Not sent yet. This page tries again by itself; leave it open.")
    expect(page.get_by_role("button", name="Begin listening")).to_be_visible()
    assert len(failed) == 2
    assert len(listener.stored()["steps"]) == 1


def test_the_ring_stays_where_motion_is_unwanted(page: Page, listener: Listener) -> None:
    page.emulate_media(reduced_motion="reduce")
    come(listener, "warned")
    page.locator("#play").click()
    expect(page.locator("#state")).to_have_text("sound 2")
    assert page.locator(".ring .fill").evaluate("e => getComputedStyle(e).strokeDashoffset") in ("100", "100px")
