"""oTree's production server with the same study shape, from its package, in an environment of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bcstudy.processes import spawn, stop
from bench.serving.http import Browser, Reply
from bench.serving.listener import UnexpectedPageError
from bench.serving.study import PAGES
from bench.serving.wait import wait_for
from tests.running_site import free_port

REST_KEY = "bench"

_SETTINGS = """
from os import environ
SESSION_CONFIGS = [dict(name="bench", display_name="bench", app_sequence=["trials"], num_demo_participants=1)]
SESSION_CONFIG_DEFAULTS = dict(real_world_currency_per_point=1.0, participation_fee=0.0, doc="")
PARTICIPANT_FIELDS = []
SESSION_FIELDS = []
LANGUAGE_CODE = "en"
REAL_WORLD_CURRENCY_CODE = "EUR"
USE_POINTS = True
ADMIN_USERNAME = "admin"
ADMIN_PASSWORD = environ.get("OTREE_ADMIN_PASSWORD")
DEMO_PAGE_INTRO_HTML = ""
SECRET_KEY = "bench"
"""

_APP = f"""
from otree.api import *


class C(BaseConstants):
    NAME_IN_URL = "trials"
    PLAYERS_PER_GROUP = None
    NUM_ROUNDS = {PAGES}


class Subsession(BaseSubsession):
    pass


class Group(BaseGroup):
    pass


def rating(label):
    return models.IntegerField(label=label, choices=[1, 2, 3, 4, 5], widget=widgets.RadioSelectHorizontal)


class Player(BasePlayer):
    suitability_1 = rating("How well does response 1 fit?")
    suitability_2 = rating("How well does response 2 fit?")
    suitability_3 = rating("How well does response 3 fit?")
    similar = models.IntegerField(
        label="Which two sound most alike?", choices=[[0, "2 and 3"], [1, "1 and 3"], [2, "1 and 2"]],
        widget=widgets.RadioSelect)


class Trial(Page):
    form_model = "player"
    form_fields = ["suitability_1", "suitability_2", "suitability_3", "similar"]


page_sequence = [Trial]
"""

_PAGE = """\
{{ block title }}Page {{ player.round_number }}{{ endblock }}
{{ block content }}
<blockquote>and then he left so</blockquote>
{{ formfields }}
{{ next_button }}
{{ endblock }}
"""

_TOKEN = re.compile(rb'name="csrftoken" value="(\w+)"')


class NotInstalledError(Exception):
    """oTree could not be installed; the message holds the installer's last words."""


@dataclass(slots=True)
class OTree:
    """A running oTree: its port, its process, and the codes of participants that nobody is yet."""

    port: int
    web: int
    version: str
    codes: list[str]


def install(folder: Path) -> Path:
    """Make an environment with oTree; return where its programs are. Raises `NotInstalledError`."""
    uv = shutil.which("uv") or str(Path(sys.executable).parents[2] / ".uv/bin/uv")
    if Path(uv).exists():
        make, add = [uv, "venv", "--python", sys.executable, str(folder)], [uv, "pip", "install", "--python"]
    else:
        make, add = [sys.executable, "-m", "venv", str(folder)], []
    add = [*add, str(folder / "bin/python")] if add else [str(folder / "bin/python"), "-m", "pip", "install"]
    for command in (make, [*add, "otree"]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            raise NotInstalledError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-800:]}")
    return folder / "bin"


@contextmanager
def served(bin_folder: Path, folder: Path, *, participants: int, database: str = "") -> Iterator[OTree]:
    """Serve the study to so many participants until the end of the block, in production mode.

    `database` is the address of a PostgreSQL server; oTree's default is SQLite.
    """
    _write_app(folder)
    port = free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith(("BCSTUDY_", "DJANGO_", "DATABASE_"))}
    env |= {"OTREE_PRODUCTION": "1", "OTREE_REST_KEY": REST_KEY, "OTREE_ADMIN_PASSWORD": "bench"}
    env |= {"PATH": f"{bin_folder}:{env['PATH']}"} | ({"DATABASE_URL": database} if database else {})
    otree = str(bin_folder / "otree")
    subprocess.run([otree, "resetdb", "--noinput"], cwd=folder, env=env, check=True, capture_output=True)
    log = folder / "web.log"
    # From its own folder, as oTree wants it.
    web = spawn(["/bin/sh", "-c", f'cd "{folder}" && exec "{otree}" prodserver 127.0.0.1:{port}'], log=log, env=env)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/otree_version?", web, log)
        yield OTree(port, web.pid, _call(port, "otree_version")["version"], _participants(port, participants))
    finally:
        stop(web, wait_s=10)


class Player:
    """One participant of oTree, as the browser sees it. See `listener.Listener`."""

    def __init__(self, port: int, code: str) -> None:
        self.browser = Browser(port)
        self._code = code
        self._place = ""
        self._page: Reply | None = None

    async def arrive(self) -> None:
        """Follow the participant's link."""
        await self._go(await self.browser.get(f"/InitializeParticipant/{self._code}"))

    @property
    def is_done(self) -> bool:
        """Tell whether the page has no form any more."""
        return self._page is None or b'name="similar"' not in self._page.body

    async def submit(self) -> None:
        """Answer the page and load the next one. Raises `UnexpectedPageError`."""
        assert self._page is not None
        token = _TOKEN.search(self._page.body)
        sent = (
            f"csrftoken={token[1].decode() if token else ''}&suitability_1=3&suitability_2=1&suitability_3=5&similar=0"
        )
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        before = self._place
        await self._go(await self.browser.post(self._place, sent.encode(), form))
        if self._place == before:
            raise UnexpectedPageError(f"the same page came back: {self._page.body[:2000]!r}")

    def leave(self) -> None:
        """Close the browser."""
        self.browser.close()

    async def _go(self, reply: Reply) -> None:
        while reply.status in (302, 303, 307):
            self._place = reply.location
            reply = await self.browser.get(self._place)
        if reply.status != 200:
            raise UnexpectedPageError(f"status {reply.status} at {self._place}: {reply.body[:500]!r}")
        self._page = reply


def _write_app(folder: Path) -> None:
    for name in ("trials", "_static", "_templates"):
        (folder / name).mkdir(parents=True)
    (folder / "settings.py").write_text(_SETTINGS)
    (folder / "trials" / "__init__.py").write_text(_APP)
    (folder / "trials" / "Trial.html").write_text(_PAGE)


def _participants(port: int, n: int) -> list[str]:
    """Make a session and return the codes of its participants."""
    session = _call(port, "sessions", session_config_name="bench", num_participants=n)["code"]
    return [each["code"] for each in _call(port, f"get_session/{session}", participant_labels=None)["participants"]]


def _call(port: int, what: str, **body: object) -> dict[str, object]:
    headers = {"Content-Type": "application/json", "otree-rest-key": REST_KEY}
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/{what}", data, headers)
    with urllib.request.urlopen(request, timeout=120) as reply:
        return json.loads(reply.read())
