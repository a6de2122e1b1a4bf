"""Sounds on their way to the page: fetched ahead, late, broken, and with soft edges."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.listener import Listener
from tests.running_site import ROOT

pytestmark = pytest.mark.browser

RATE = 48_000
RAMP = 192  # frames: 4 ms
SOUNDS = "performance.getEntriesByType('resource').filter(e => e.name.includes('/audio/'))"
FETCHED = f"""least => new Promise((resolve) => {{
  const look = () => ({SOUNDS}.length >= least ? resolve() : setTimeout(look, 50));
  look();
}})"""
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

# A sound that is loud from its first sample to its last one, played to its end or broken off at `until` (seconds).
RENDER = """async ({seconds, until, hertz}) => {
  const { breakOff, sourceOf, withRamps } = await import("/edges.js");
  const frames = Math.round(seconds * 48000);
  const context = new OfflineAudioContext(1, frames + 4800, 48000);
  const buffer = new AudioBuffer({ length: frames, sampleRate: 48000, numberOfChannels: 1 });
  buffer.getChannelData(0).forEach((_, at, all) => { all[at] = Math.cos(2 * Math.PI * hertz * at / 48000); });
  const playing = sourceOf(context, withRamps(buffer));
  playing.source.start();
  if (until) breakOff(playing, until);
  const rendered = (await context.startRendering()).getChannelData(0);
  const reader = new FileReader();
  return new Promise((resolve) => {
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob([rendered]));
  });
}"""


@pytest.fixture
def modules(chromium: Browser) -> Iterator[Page]:
    """A page that can import the modules that listeners get."""
    page = chromium.new_page()

    def serve(route: Route) -> None:
        path = ROOT / "annotations" / "static" / "annotations" / route.request.url.split(".test/")[1]
        if path.suffix == ".js":
            route.fulfill(path=path, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>Edges</title>", content_type="text/html")

    page.route("**/*", serve)
    page.goto("https://listener.test/")
    yield page
    page.close()


def rendered(page: Page, **options: Any) -> npt.NDArray[np.float64]:
    arguments = {"seconds": 0.25, "until": None, "hertz": 0} | options
    return np.frombuffer(base64.b64decode(page.evaluate(RENDER, arguments)), "<f4").astype(np.float64)


def test_no_step_at_the_edges_and_the_tail_is_complete(modules: Page) -> None:
    sound = rendered(modules)
    frames = RATE // 4
    assert np.abs(np.diff(sound, prepend=0.0)).max() <= 1 / RAMP + 1e-6
    assert np.all(sound[RAMP : frames - RAMP] == 1), "between the ramps nothing is changed"
    assert np.all(sound[:frames] > 0), "the sound lasts to its last sample"
    assert not sound[frames:].any()


def test_between_the_ramps_a_tone_stays_as_it_is(modules: Page) -> None:
    sound = rendered(modules, hertz=440)
    tone = np.cos(2 * np.pi * 440 * np.arange(RATE // 4) / RATE)
    assert np.allclose(sound[RAMP : RATE // 4 - RAMP], tone[RAMP:-RAMP], atol=1e-6)


def test_breaking_off_makes_no_step(modules: Page) -> None:
    sound = rendered(modules, until=0.1)
    assert np.abs(np.diff(sound, prepend=0.0)).max() <= 1 / RAMP + 1e-6
    assert np.all(sound[RAMP : round(0.1 * RATE)] == 1)
    assert not sound[round(0.13 * RATE) :].any()


def test_a_very_short_sound_has_ramps_too(modules: Page) -> None:
    sound = rendered(modules, seconds=0.008)
    assert sound.max() == 1
    assert sound[0] < 0.02
    assert sound[383] < 0.02
    assert sound[383] > 0


def test_the_next_pages_sounds_come_from_the_cache(page: Page, listener: Listener) -> None:
    listener.arrive("triads")
    page.get_by_role("button", name="I agree and take part").click()
    page.evaluate(FETCHED, 3)
    page.get_by_role("button", name="Begin listening").click()
    for number in (1, 2, 3):
        listener.wait_until_ready()
        assert listener.progress() == f"{number} of 3"
        assert page.evaluate(f"{SOUNDS}.map(e => e.transferSize)")[:3] == [0, 0, 0]
        if number < 3:
            page.evaluate(FETCHED, 6)
        listener.answer()


def test_a_sound_that_comes_broken_once_is_loaded_again_by_itself(page: Page, listener: Listener) -> None:
    page.route("**/ahead/", lambda route: route.abort())  # the next page may have the same sounds
    listener.start("triads")
    broken: list[str] = []

    def garble(route: Route) -> None:
        """Each sound comes broken once: the first as noise, the others not at all."""
        url = route.request.url
        if url in broken:
            return route.continue_()
        broken.append(url)
        if len(broken) == 1:
            return route.fulfill(status=200, content_type="audio/wav", body="no sound at all")
        return route.abort("connectionreset")

    page.route("**/audio/*.wav", garble)
    page.reload()
    expect(page.locator("#to-hear")).to_contain_text("coming slowly")
    listener.wait_until_ready()
    assert len(broken) == 3
    expect(page.get_by_role("alert")).to_be_hidden()
    page.unroute("**/audio/*.wav")
    listener.answer()
    telemetry = listener.stored()["pages"][0]["telemetry"]
    assert (telemetry["decode_failures"], telemetry["load_failures"]) == (1, 2)


def test_everything_about_listening_is_told(page: Page, listener: Listener) -> None:
    listener.start("triads")
    page.evaluate(HIDE, True)
    page.wait_for_timeout(50)
    page.evaluate(HIDE, False)
    listener.answer()
    told = listener.stored()["pages"][0]["telemetry"]
    assert told["hidden_count"] == 1
    assert 40 <= told["hidden_ms"] < 5000
    assert told["output_latency_ms"] is None or told["output_latency_ms"] >= 0
    assert (told["load_failures"], told["decode_failures"], told["play_failures"]) == (0, 0, 0)
    assert "implausible" not in told
    for name in ("ready_ms", "first_play_ms", "plays", "sample_rate"):
        assert told[name]
