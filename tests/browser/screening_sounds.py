"""A Chromium that makes screening sounds from the modules that listeners get, and hands them to numpy."""

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Page, Route, sync_playwright

from annotations.design.screening import ScreeningTrial, page_data
from tests.running_site import ROOT

Array = npt.NDArray[np.float64]
LOUDNESS = -23.0  # LUFS

# Sends a sound as bytes: a trial's samples as JSON would be 20 MB.
IN_THE_PAGE = """async ({module, maker, args}) => {
  const made = (await import(`/screening/${module}.js`))[maker](...args);
  const { audioBuffer } = await import("/screening/stereo.js");
  const buffer = audioBuffer(made);
  const context = new OfflineAudioContext(2, buffer.length, buffer.sampleRate);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  source.start();
  const played = await context.startRendering();
  const encode = (samples) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob([samples]));
  });
  return {
    rate: made.rate,
    intervals: made.intervals ?? [],
    types: [made.left.constructor.name, made.right.constructor.name],
    made: [await encode(made.left), await encode(made.right)],
    played: [await encode(played.getChannelData(0)), await encode(played.getChannelData(1))],
  };
}"""


@dataclass(frozen=True)
class Sound:
    """`ears`: shape (2, frames); `spans`: of the intervals, seconds; `played_as_made`: by Web Audio, every sample."""

    ears: npt.NDArray[np.float32]
    played_as_made: bool
    rate: int
    spans: list[tuple[float, float]]

    def interval(self, position: int, *, without: float = 0.0) -> Array:
        """Return one interval (from 1), shape (2, frames), without so many seconds at both ends."""
        start, end = self.spans[position - 1]
        frames = slice(round((start + without) * self.rate), round((end - without) * self.rate))
        return self.ears[:, frames].astype(np.float64)


Maker = Callable[..., Sound]


@contextmanager
def sound_maker(chromium_path: str) -> Iterator[Maker]:
    """Yield a function of a module's name, what it exports, and the arguments for that: it returns the `Sound`."""
    # In a thread of its own: another test's Playwright may still run in this one, and two in a thread do not go.
    with ThreadPoolExecutor(1) as thread:
        playwright = thread.submit(sync_playwright().start).result()
        try:
            page = thread.submit(lambda: _page(playwright.chromium.launch(executable_path=chromium_path).new_page()))

            def make(module: str, maker: str, *args: Any) -> Sound:
                call = {"module": module, "maker": maker, "args": args}
                return _sound(thread.submit(page.result().evaluate, IN_THE_PAGE, call).result())

            yield make
        finally:
            thread.submit(playwright.stop).result()


def trial_sounds(make: Maker) -> Callable[..., Sound]:
    """Return a function that makes a planned trial's sound from what the page would get; it remembers them."""

    @cache
    def trial_sound(trial: ScreeningTrial, rate: int = 48_000, loudness: float = LOUDNESS) -> Sound:
        data = page_data([trial], loudness=loudness)
        return make("trial", "trialSound", data["trials"][0], {"rate": rate, "loudness": data["loudness"]})

    return trial_sound


def _page(page: Page) -> Page:
    def serve(route: Route) -> None:
        path = ROOT / "annotations" / "static" / "annotations" / route.request.url.split(".test/")[1]
        if path.suffix == ".js":
            route.fulfill(path=path, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>Screening</title>", content_type="text/html")

    page.route("**/*", serve)
    page.goto("https://listener.test/")
    return page


def _sound(answer: dict[str, Any]) -> Sound:
    assert answer["types"] == ["Float32Array", "Float32Array"]
    ears = np.array([np.frombuffer(base64.b64decode(ear), "<f4") for ear in answer["made"]])
    spans = [(interval["start"], interval["end"]) for interval in answer["intervals"]]
    return Sound(ears, answer["made"] == answer["played"], answer["rate"], spans)
