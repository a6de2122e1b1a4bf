"""Someone who takes part, in a browser; and what the server knows of them."""

import json
import re
import sqlite3
from contextlib import closing
from typing import Any
from uuid import uuid4

from playwright.sync_api import ConsoleMessage, Page, expect

from tests.running_site import Site

WAIT_MS = 15_000
PERSON = """
    SELECT person.id, stage, kind, language FROM annotations_participant AS person
    JOIN annotations_platformidentity AS identity ON identity.participant_id = person.id WHERE external_id = ?"""
PAGES = """
    SELECT page.key, page.state, page.presented, answer.id AS answer_id, rt_ms, plays, telemetry
    FROM annotations_assignment AS page LEFT JOIN annotations_response AS answer ON answer.assignment_id = page.id
    WHERE page.participant_id = ? ORDER BY page.position"""
JUDGEMENTS = """
    SELECT question.name, slot, value, chosen_slot FROM annotations_judgement AS judgement
    JOIN annotations_question AS question ON question.id = judgement.question_id WHERE response_id = ?"""
STEPS = """
    SELECT step, attempt, passed, settled, score, out_of, data FROM annotations_stepresult
    WHERE participant_id = ? ORDER BY id"""


class Listener:
    """Drives the pages of one study. Without anything else said, `name` is the platform's id."""

    def __init__(self, page: Page, site: Site, name: str = "") -> None:
        self.page = page
        self.site = site
        self.name = name or f"someone-{uuid4().hex}"
        page.set_default_timeout(WAIT_MS)

    def arrive(self, slug: str) -> None:
        """Open the link of the invitation."""
        self.slug = slug
        self.page.goto(f"{self.site.url}/s/{slug}/?PROLIFIC_PID={self.name}")

    def start(self, slug: str) -> None:
        """Go from the link to the first trial."""
        self.arrive(slug)
        self.page.get_by_role("button", name="I agree and take part").click()
        self.page.get_by_role("button", name="Begin listening").click()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until the page can be played."""
        expect(self.page.locator("#to-hear")).to_have_text(re.compile("Still to hear"), timeout=WAIT_MS)

    def sounds(self) -> list[str]:
        """The ids of the sounds in screen order: slots, and `context`."""
        found = self.page.locator("[data-sound]").evaluate_all("all => all.map(e => e.dataset.sound)")
        return [str(sound) for sound in found]

    def slots(self) -> list[int]:
        """The slots of the clips in screen order."""
        return [int(sound) for sound in self.sounds() if sound != "context"]

    def expect_heard(self, sound: str) -> None:
        expect(self.page.locator(f'[data-sound="{sound}"]')).to_have_attribute("data-state", "heard", timeout=WAIT_MS)

    def hear(self, *sounds: str) -> None:
        """Click each sound and wait for its end; all of the page if none is named."""
        for sound in sounds or self.sounds():
            self.page.locator(f'[data-sound="{sound}"]').click()
            self.expect_heard(sound)

    def choose_everywhere(self, point: int = 0) -> None:
        """Choose the control at a place of every row of the page."""
        names = self.page.locator("[data-question] input").evaluate_all("all => [...new Set(all.map(e => e.name))]")
        for name in names:
            self.page.locator(f'input[name="{name}"]').nth(point).click()

    def save(self) -> None:
        """Press the button and wait for the next page."""
        with self.page.expect_navigation(timeout=WAIT_MS):
            self.page.get_by_role("button", name="Save and go on").click()

    def answer(self, point: int = 0) -> None:
        """Hear everything, choose everywhere, go on."""
        self.wait_until_ready()
        self.hear()
        self.choose_everywhere(point)
        self.save()

    def progress(self) -> str:
        return self.page.locator(".progress span").inner_text()

    def stored(self) -> Any:
        """What the database file has of this listener: stage, language, and the pages with their answers."""
        with closing(sqlite3.connect(self.site.home / "db.sqlite3")) as database:
            database.row_factory = sqlite3.Row
            person = database.execute(PERSON, [self.name]).fetchone()
            pages = [dict(page) for page in database.execute(PAGES, [person["id"]])]
            for page in pages:
                page |= {name: json.loads(page[name] or "null") for name in ("presented", "plays", "telemetry")}
                page["judgements"] = [tuple(row) for row in database.execute(JUDGEMENTS, [page["answer_id"]])]
            steps = [dict(step) for step in database.execute(STEPS, [person["id"]])]
        for step in steps:
            step["data"] = json.loads(step["data"])
        return dict(person) | {"pages": pages, "steps": steps}


def watch(page: Page) -> list[str]:
    """Collect what goes wrong in a page. Answers of the server other than 2xx are for each test to judge."""
    errors: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            errors.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors
