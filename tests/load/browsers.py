"""A browser without a screen: cookies, forms, the trial page with its script and its outbox, over real HTTP.

What it sends is what a real browser sends (see trial.js, outbox.js and session.js of annotations/static/annotations);
it hears nothing and fetches no sound.
"""

import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

WAITS_S = (0.2, 0.4, 0.8, 1.6, 2.0)
"""Between attempts, as outbox.js has them, but shorter; the last one goes on for ever."""

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
DATA = re.compile(r'<script id="trial-data" type="application/json">(.*?)</script>', re.DOTALL)
LISTENER = re.compile(r'<script id="listener" type="application/json">(.*?)</script>', re.DOTALL)
QUESTION = re.compile(r'data-question="([^"]+)"( data-per-clip)?')
RADIO = re.compile(r'<input type="radio" name="([^"]+)" value="([^"]+)"(?: data-slot="(\d+)")?')


class RefusedError(Exception):
    """The server has understood and says no, with its code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it arrived. `path` is where the redirects ended."""

    status: int
    path: str
    html: str

    @property
    def place(self) -> str:
        """Which page of the study it is: consent, instructions, trial, done, …"""
        return self.path.partition("?")[0].rstrip("/").rpartition("/")[2]

    @property
    def fields(self) -> dict[str, str]:
        """The hidden fields of its form."""
        return dict(HIDDEN.findall(self.html))

    @property
    def data(self) -> dict[str, Any]:
        """What the script of a trial page reads; of its values, `assignment` names the page."""
        found = DATA.search(self.html)
        assert found, f"{self.path} ({self.status}) is no trial page"
        return dict(json.loads(found[1]))

    @property
    def listener(self) -> dict[str, Any]:
        """What every page says of its listener to the scripts: `tag`, `token`, `session` and `api`."""
        found = LISTENER.search(self.html)
        assert found, f"{self.path} ({self.status}) is no page of a participant"
        slug = self.path.split("/")[2]
        return {"api": f"/api/s/{slug}/answers/"} | json.loads(found[1])

    @property
    def said(self) -> dict[str, Any]:
        """The JSON of a reply to a script."""
        return dict(json.loads(self.html))

    def followed_by(self, reply: Mapping[str, Any]) -> "Page | None":
        """Return the page that takes this one's place if the reply to its answer brought one, as next_page.js does."""
        if "page" not in reply:
            return None
        listener = LISTENER.search(self.html)
        assert listener
        return Page(200, reply["next"], reply["page"]["progress"] + reply["page"]["main"] + listener[0])

    def choose(self, rng: random.Random) -> dict[str, Any]:
        """Choose an answer to each question of radio buttons: a number, or one for each slot."""
        starts = list(QUESTION.finditer(self.html))
        ends = [*(start.start() for start in starts[1:]), len(self.html)]
        answers: dict[str, Any] = {}
        for start, end in zip(starts, ends, strict=True):
            controls: dict[tuple[int, str], list[int | float]] = {}
            for name, value, slot in RADIO.findall(self.html[start.start() : end]):
                controls.setdefault((int(slot or 0), name), []).append(json.loads(value))
            chosen = [rng.choice(values) for _, values in sorted(controls.items())]
            answers[start[1]] = chosen if start[2] else chosen[0]
        return answers


def answer_to(page: Page, rng: random.Random) -> dict[str, Any]:
    """Return the body that the page's script sends when everything was heard once."""
    data = page.data
    plays = [
        {"sound": clip["id"], "at_ms": 900.0 * at, "heard_s": 0.3, "completed": True}
        for at, clip in enumerate(data["clips"])
    ]
    telemetry = {
        "plays": plays,
        "ready_ms": 210.5,
        "first_play_ms": 300.0,
        "hidden_count": 0,
        "hidden_ms": 0,
        "language": "en",
    }
    return {
        "assignment": data["assignment"],
        "idempotency_key": data["idempotency_key"],
        "answers": page.choose(rng),
        "rt_ms": rng.uniform(1500, 9000),
        "plays": [1] * len(data["clips"]),
        "context_plays": 1 if data["context"] else 0,
        "telemetry": telemetry,
    }


@dataclass
class Browser:
    """One person's browser at the site of `url`, such as http://127.0.0.1:8000.

    It gives up on a page or an answer after `patience_s` with `TimeoutError`. `failures` tells of every attempt that
    did not reach the server, broke off, or met a fault of the server's.
    """

    url: str
    patience_s: float = 60.0
    cookies: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    _connection: HTTPConnection | None = None

    def open(self, path: str) -> Page:
        """Fetch a page, redirects followed; load it again while the server is away or not well."""
        return self._persist(lambda: self._follow("GET", path, None, {}), path)

    def submit(self, page: Page, **more: str) -> Page:
        """Send the form of a page once. What comes back may be an error page, or status 0 for none."""
        body = urlencode(page.fields | more)
        try:
            return self._follow("POST", page.path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        except (OSError, HTTPException) as error:
            self.failures.append(f"{page.path}: {error!r}")
            return Page(0, page.path, "")

    def deliver(self, page: Page, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Send an answer until the server has acknowledged it; return its reply.

        A token that the session knows no longer is renewed, as session.js does. Raises `RefusedError` if the answer is
        not taken; `page` may be any later page of the same person then.
        """
        listener, body = page.listener, json.dumps(answer)

        def attempt() -> Page:
            said = {"Content-Type": "application/json", "X-CSRFToken": listener["token"], "X-Listener": listener["tag"]}
            return self._once("POST", listener["api"], body, said | {"X-With-Page": "1"})[0]

        def attempt_with_token() -> Page:
            reply = attempt()
            if reply.status != 403 or reply.said["error"] != "permission_denied":
                return reply
            renewed = self._once("GET", listener["session"], None, {"X-Listener": listener["tag"]})[0]
            if renewed.status != 200:
                return renewed
            listener["token"] = renewed.said["token"]
            return attempt()

        reply = self._persist(attempt_with_token, listener["api"])
        if reply.status != 200:
            raise RefusedError(reply.said["error"], reply.said["message"])
        return reply.said

    def close(self) -> None:
        """Close the connection; cookies stay."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def beside(self) -> "Browser":
        """Return a second window of the same browser."""
        return Browser(self.url, self.patience_s, self.cookies, self.failures)

    def _persist(self, attempt: Callable[[], Page], path: str) -> Page:
        until = time.monotonic() + self.patience_s
        waits = iter(WAITS_S)
        while True:
            try:
                page = attempt()
                if page.status < 500 and page.status not in (408, 429):
                    return page
                self.failures.append(f"{path}: {page.status}")
            except (OSError, HTTPException) as error:
                self.failures.append(f"{path}: {error!r}")
            if time.monotonic() > until:
                raise TimeoutError(f"{path}: {self.failures[-1]} after {self.patience_s} s")
            time.sleep(next(waits, WAITS_S[-1]))

    def _follow(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Page:
        page, location = self._once(method, path, body, headers)
        for _ in range(10):
            if location is None:
                return page
            page, location = self._once("GET", location, None, {})
        raise HTTPException(f"{path} goes round in circles")

    def _once(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> tuple[Page, str | None]:
        """Send one request and read the reply; return it, and where it redirects to."""
        reply, text = self._send(method, path, body, headers)
        for cookie in SimpleCookie("\r\n".join(reply.headers.get_all("Set-Cookie") or ())).values():
            self.cookies[cookie.key] = cookie.value
        return Page(reply.status, path, text), reply.headers["Location"] if reply.status in (301, 302) else None

    def _send(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> tuple[HTTPResponse, str]:
        kept = self._connection is not None
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {"Origin": self.url, "Accept-Language": "en"} | headers | ({"Cookie": cookies} if cookies else {})
        try:
            if self._connection is None:
                self._connection = HTTPConnection(urlsplit(self.url).netloc, timeout=20)
            self._connection.request(method, path, body, said)
            reply = self._connection.getresponse()
            text = reply.read().decode()
        except (OSError, HTTPException) as error:
            self.close()
            # A kept connection that the server had closed meanwhile: every browser tries once with a new one.
            if kept and isinstance(error, ConnectionError):
                return self._send(method, path, body, headers)
            raise
        if reply.will_close:
            self.close()
        return reply, text
