"""A listener of a study of ours, as the browser sees it: pages as HTML, answers as JSON; no audio, no static files."""

import json
import re
from uuid import uuid4

from bench.serving.http import Browser, Reply

_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
_SHA256 = re.compile(rb'name="sha256" value="(\w*)"')
_ASSIGNMENT = re.compile(rb'"assignment": "(\w+)"')
_ATTEMPT = re.compile(rb'name="attempt" value="(\d+)"')
_KEY = re.compile(rb'"idempotency_key": "([\w-]+)"')
_API = re.compile(rb'"api": "([^"]+)"')
_QUESTION = re.compile(rb'data-question="([\w-]+)"')
_SOUND = re.compile(rb'data-sound="(\d+)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class UnexpectedPageError(Exception):
    """The server sent something that a listener should not see here."""


class Listener:
    """One participant. `arrive` brings them to their first trial, each `submit` answers a page and loads the next."""

    def __init__(self, port: int, slug: str) -> None:
        self.browser = Browser(port)
        self._slug = slug
        self._page: Reply | None = None
        self._token = ""

    async def arrive(self) -> None:
        """Agree, read the instructions, begin. Steps that ask for more than a button are not for this study."""
        consent = _good(await self.browser.follow(await self.browser.get(f"/s/{self._slug}/")))
        page = await self._form(f"decision=agree&language=en&sha256={_one(_SHA256, consent)}", consent)
        while b"trial-data" not in page.body:
            page = await self._form(f"attempt={_one(_ATTEMPT, page)}", page)
        self._page = page

    @property
    def is_done(self) -> bool:
        """Tell whether the page is no trial any more."""
        return self._page is None or b"trial-data" not in self._page.body

    async def submit(self) -> None:
        """Answer the page and load the next one. Raises `UnexpectedPageError`."""
        assert self._page is not None
        if token := _TOKEN.search(self._page.body):
            self._token = token[1].decode()
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._token, "X-With-Page": "1"}
        reply = await self.browser.post(_one(_API, self._page), _answer(self._page), headers)
        said = json.loads(_good(reply).body)
        if "page" in said:
            self._page = Reply(reply.head, said["page"]["main"].encode())
        else:
            self._page = _good(await self.browser.follow(await self.browser.get(said["next"])))

    def leave(self) -> None:
        """Close the browser."""
        self.browser.close()

    async def _form(self, body: str, page: Reply) -> Reply:
        sent = f"csrfmiddlewaretoken={_one(_TOKEN, page)}&{body}".encode()
        return _good(await self.browser.follow(await self.browser.post(self.browser.place, sent, _FORM)))


def _answer(page: Reply) -> bytes:
    """Return a complete answer to a page: a rating for each clip and the pair that is most alike."""
    n_clips = len(_SOUND.findall(page.body))
    given = {"suitability": [1 + at % 5 for at in range(n_clips)], "similar": 0}
    names = [name.decode() for name in _QUESTION.findall(page.body)]
    played = [{"sound": str(slot), "at_ms": 900.5 * slot, "heard_s": 0.3, "completed": True} for slot in range(n_clips)]
    body = {
        "assignment": _one(_ASSIGNMENT, page),
        "idempotency_key": _one(_KEY, page) or str(uuid4()),
        "answers": {name: given[name] for name in names},
        "rt_ms": 4321.5,
        "plays": [1] * n_clips,
        "context_plays": 1,
        "telemetry": {"plays": played, "ready_ms": 120.5, "first_play_ms": 300.5, "hidden_count": 0, "language": "en"},
    }
    return json.dumps(body).encode()


def _one(pattern: re.Pattern[bytes], page: Reply) -> str:
    found = pattern.search(page.body)
    if found is None:
        raise UnexpectedPageError(f"no {pattern.pattern!r} in {page.body[:2000]!r}")
    return found[1].decode()


def _good(reply: Reply) -> Reply:
    if reply.status != 200:
        raise UnexpectedPageError(f"status {reply.status}: {reply.body[:500]!r}")
    return reply
