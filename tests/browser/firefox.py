"""A real Firefox over WebDriver BiDi, spoken directly: Playwright drives only a Firefox of its own making.

https://www.w3.org/TR/webdriver-bidi/
"""

import itertools
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from bcstudy.processes import spawn, stop

WAIT_S = 30.0
ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
# Nothing of its own accord: no update, no telemetry, no first page.
LOST_S = 5.0
"""After which a question about a page is not answered any more."""
PREFERENCES = {
    "app.update.auto": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """One window. Text is found as people find it: a button by its words."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count()
        self.errors: list[str] = []
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        self._window = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method: str, *, patience_s: float = WAIT_S, **params: Any) -> Any:
        """Return the result of a command; what is logged meanwhile is kept in `errors`. Raises `TimeoutError`."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            said = json.loads(self._socket.recv(timeout=patience_s))
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.errors.append(str(said["params"]["text"]))
            if said.get("id") == number:
                assert said["type"] == "success", said
                return said["result"]

    def open(self, url: str) -> None:
        """Go to an address and wait until it is loaded."""
        self.call("browsingContext.navigate", context=self._window, url=url, wait="complete")

    def evaluate(self, expression: str, *, patience_s: float = WAIT_S) -> Any:
        """Return the value of an expression, by JSON."""
        script = f"JSON.stringify({expression}) ?? 'null'"
        target = {"context": self._window}
        said = self.call("script.evaluate", patience_s=patience_s, expression=script, target=target, awaitPromise=True)
        assert said["type"] == "success", said
        return json.loads(said["result"]["value"])

    def until(self, expression: str) -> None:
        """Wait until an expression is true; pages that come and go meanwhile do not matter."""
        wait_until(lambda: self._is_true(expression), expression)

    def click(self, selector: str) -> None:
        """Press the mouse on the first element of a CSS selector, as a hand would."""
        place = self.evaluate(
            f"(e => {{ e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();"
            f" return [r.x + r.width / 2, r.y + r.height / 2] }})(document.querySelector({json.dumps(selector)}))"
        )
        x, y = (round(each) for each in place)
        actions = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self.call("input.performActions", context=self._window, actions=[pointer])

    def leave_by(self, selector: str) -> None:
        """Press a button that leaves the page, by script.

        To a hand's click Firefox never answers if the page is gone before the click was reported.
        """
        self.evaluate(f"setTimeout(() => document.querySelector({json.dumps(selector)}).click())")

    def _is_true(self, expression: str) -> bool:
        """Tell whether an expression is true. What is asked of a page that goes at that moment is never answered."""
        try:
            return bool(self.evaluate(expression, patience_s=LOST_S))
        except (AssertionError, TimeoutError):
            return False


def wait_until(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while not ready():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.05)


@contextmanager
def firefox(program: str, folder: Path) -> Iterator[Firefox]:
    """A Firefox with an empty profile in `folder`."""
    profile = folder / "profile"
    profile.mkdir()
    written = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(written), encoding="utf-8")
    log = folder / "firefox.log"
    command = [program, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    with sound_device() as server:
        # Firefox refuses to run as root in a home that is another user's.
        env = os.environ | {"HOME": str(folder), "MOZ_HEADLESS": "1", "PULSE_SERVER": server}
        process = spawn(command, log=log, env=env)
        try:
            with connect(_address(process, log) + "/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            stop(process, wait_s=5)


@contextmanager
def sound_device() -> Iterator[str]:
    """A PulseAudio server that plays into nothing in real time: without a device Firefox starts no audio context."""
    with tempfile.TemporaryDirectory(prefix="pulse-") as folder:
        socket, log = Path(folder) / "socket", Path(folder) / "log"
        command = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
        command += ["--load=module-null-sink", f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1"]
        process = spawn(command, log=log, env=os.environ | {"HOME": folder, "XDG_RUNTIME_DIR": folder})
        try:
            wait_until(socket.exists, "the socket of PulseAudio")
            yield f"unix:{socket}"
        finally:
            stop(process, wait_s=5)


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    def found() -> bool:
        assert process.poll() is None, log.read_text(errors="replace")
        return ADDRESS.search(log.read_text(errors="replace")) is not None

    wait_until(found, "WebDriver BiDi of Firefox")
    match = ADDRESS.search(log.read_text(errors="replace"))
    assert match
    return match[1]
