"""Many browsers at once in one study: some stay, some send everything twice, some leave, some come back late."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Self
from uuid import UUID

from tests.load.browsers import Browser, Page, RefusedError, answer_to
from tests.load.ledger import Filled, Ledger
from tests.running_site import Site

STUDY = """
from annotations.enums import StudyState
from annotations.models import Study, StudyVersion
from corpus.models import Corpus
from tests.annotations.listening import CONSENT, add_tasks, add_trials, definition, sha
study = Study.objects.create(slug="crowd", state=StudyState.LIVE)
version = StudyVersion.objects.create(
    study=study, number=1, corpus=Corpus.objects.create(slug="c"),
    definition=definition("crowd", trials_per_participant={pages}),
    consent={{"en": {{"text": CONSENT["en"], "sha256": sha(CONSENT["en"])}}}})
add_trials(version, add_tasks(version), {n_trials}, {planned})
print(json.dumps(version.pk))
"""


def make_study(site: Site, *, n_trials: int, planned: int, pages: int) -> int:
    """Make a live study, `pages` for each participant; return the key of its version."""
    return int(site.python(STUDY.format(n_trials=n_trials, planned=planned, pages=pages)))


class Watcher(threading.Thread):
    """Looks at all trials again and again, and lets the time of pages run out that were left."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._ledger = Ledger(site)
        self._left: SimpleQueue[tuple[str, threading.Event]] = SimpleQueue()
        self._stop_asked = threading.Event()
        self.looks = 0
        self.faults: list[Filled] = []
        """Trials that had more than planned, or whose count was another than that of the pages that count."""

    def leave(self, page: str) -> threading.Event:
        """Ask for a page's time to run out; the event tells when it has."""
        done = threading.Event()
        self._left.put((page, done))
        return done

    def run(self) -> None:
        """Look until stopped."""
        while not self._stop_asked.is_set():
            self.look()
            try:
                page, done = self._left.get(timeout=0.02)
            except Empty:
                continue
            self._ledger.let_expire(page)
            done.set()
        self._ledger.close()

    def look(self) -> None:
        """Look once."""
        self.looks += 1
        for one in self._ledger.trials():
            if one.counted > one.planned or one.taken != one.counted:
                self.faults.append(one)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop_asked.set()
        self.join()


@dataclass
class Crowd:
    """The people of a study and what they saw.

    `think_s`: how long they listen to a page, at most; `patience_s`: how long they ask for a page, which is long,
    because the machine may have other work.
    """

    site: Site
    watcher: Watcher
    think_s: float = 0.0
    patience_s: float = 180.0
    acknowledged: dict[UUID, str] = field(default_factory=dict)
    """By idempotency key of every answer whose storing was acknowledged: its page."""
    ends: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stayers_are_done: threading.Event = field(default_factory=threading.Event)

    def run(self, n_people: int, *, first: int = 0) -> None:
        """Let people take part, all at once, and wait until all are done or gone; raise what went wrong with one."""
        with ThreadPoolExecutor(n_people) as pool:
            people = [(Person(self, number), habit_of(number)) for number in range(first, first + n_people)]
            runs = [pool.submit(person.take_part, habit) for person, habit in people]
            for run, (_, habit) in zip(runs, people, strict=True):
                if habit not in (leave, come_late):
                    run.exception()
            self.stayers_are_done.set()
        for run in runs:
            run.result()

    def fill_up(self, first: int, most: int) -> None:
        """Let what is held run out, and newcomers come one after the other until the study is full."""
        with closing(Ledger(self.site)) as ledger:
            ledger.let_all_expire()
        for number in range(first, first + most):
            if Person(self, number).take_part(stay) == "refused":
                return
        raise AssertionError(f"the study is not full after {most} more people")


@dataclass
class Person:
    """One person with a browser, who came by the link of a recruiting platform."""

    crowd: Crowd
    number: int

    def __post_init__(self) -> None:
        self.following: Page | None = None
        self.rng = random.Random(self.number)
        self.link = f"/s/crowd/?PROLIFIC_PID={self.number:024x}"
        self.browser = Browser(self.crowd.site.url, patience_s=self.crowd.patience_s)

    def take_part(self, habit: Callable[["Person"], None]) -> str:
        """Do as is one's habit; return where it ended: done, refused, or trial for who left."""
        self.end = "trial"
        try:
            habit(self)
        finally:
            self.browser.close()
            self.crowd.ends.append(self.end)
            self.crowd.failures += self.browser.failures
        return self.end

    def next_page(self) -> Page | None:
        """Go on to a page with a trial, through consent and instructions; None if there is none.

        The page that came with the last reply is gone on with, but by every third person, who loads it again.
        """
        following, self.following = self.following, None
        if following is not None and self.number % 3:
            time.sleep(self.rng.uniform(0, self.crowd.think_s))
            return following
        page = self.browser.open("/s/crowd/trial/") if self.browser.cookies else self.browser.open(self.link)
        for _ in range(100):
            if page.place == "trial" and page.status == 200:
                time.sleep(self.rng.uniform(0, self.crowd.think_s))
                return page
            if page.place == "done" and page.status == 200:
                self.end = "done"
                return None
            if "This study is full" in page.html:
                self.end = "refused"
                return None
            forms = page.status == 200 and page.place in ("consent", "instructions")
            # Whatever went wrong with a form: people open their link again.
            page = self.browser.submit(page, decision="agree") if forms else self.browser.open(self.link)
        raise AssertionError(f"{self.link} leads nowhere: {page.status} {page.path}\n{page.html}")

    def send(self, page: Page, body: dict[str, Any]) -> None:
        """Send an answer until it is acknowledged, and remember that.

        Whose session is gone opens the link again, and the browser sends what waits in its outbox.
        """
        for _ in range(10):
            try:
                reply = self.browser.deliver(page, body)
            except RefusedError as error:
                if error.code != "no_session":
                    raise
                page = self.browser.open(self.link)
                continue
            self.crowd.acknowledged[UUID(body["idempotency_key"])] = body["assignment"]
            self.following = page.followed_by(reply)
            return
        raise AssertionError(f"{self.link} gets no session")

    def send_twice_at_once(self, page: Page, body: dict[str, Any]) -> None:
        """Send the same answer from two windows at once; both must be told that it is saved."""
        with closing(self.browser.beside()) as window, ThreadPoolExecutor(1) as other:
            sent = other.submit(window.deliver, page, body)
            self.send(page, body)
            sent.result()


def stay(person: Person) -> None:
    """Answer every page."""
    while page := person.next_page():
        person.send(page, answer_to(page, person.rng))


def send_everything_twice(person: Person) -> None:
    """Answer every page, and send each answer again, afterwards or at the same time."""
    while page := person.next_page():
        body = answer_to(page, person.rng)
        if person.rng.random() < 0.5:
            person.send_twice_at_once(page, body)
        else:
            person.send(page, body)
            person.send(page, body)


def leave(person: Person) -> None:
    """Answer a page or none, look at one more, and never come back."""
    left_at(person)


def come_late(person: Person) -> None:
    """Leave in the same way; when time is over and the others are done, send the answer after all, and go on."""
    left = left_at(person)
    if left is None:
        return
    page, expired = left
    person.browser.close()
    assert expired.wait(person.crowd.patience_s), "nobody let the page's time run out"
    if person.rng.random() < 0.5:
        assert person.crowd.stayers_are_done.wait(person.crowd.patience_s), "the others are not done"
    person.send(page, answer_to(page, person.rng))
    stay(person)


def left_at(person: Person) -> tuple[Page, threading.Event] | None:
    """Return the page at which a person leaves, and an event that tells when its time has run out."""
    for _ in range(person.rng.randrange(2)):
        page = person.next_page()
        if page is None:
            return None
        person.send(page, answer_to(page, person.rng))
    page = person.next_page()
    return None if page is None else (page, person.crowd.watcher.leave(page.data["assignment"]))


HABITS = (leave, stay, send_everything_twice, come_late, stay, send_everything_twice)


def habit_of(number: int) -> Callable[[Person], None]:
    """Return what a person does: of three, one leaves, and half of those who leave come back late."""
    return HABITS[number % len(HABITS)]
