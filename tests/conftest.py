"""Fixtures for every test: a running site, a Chromium, the shared data."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from annotations import frozen
from corpus.demo.build import build
from tests.running_site import ROOT, Site, copy_of

# The modules that take longest come first, so that no process is left alone with one of them at the end.
LONGEST = (
    "tests/test_walk.py",
    "tests/modeling/test_workers.py",
    "tests/analysis/test_training_cancelled.py",
    "tests/browser/test_nothing_lost.py",
    "tests/modeling/training/test_finetune_command.py",
    "tests/load/test_faults.py",
    "tests/analysis/test_demo_truth.py",
    "tests/modeling/training/test_killed_workers.py",
    "tests/modeling/training/test_launched.py",
    "tests/browser/test_screening_pages.py",
    "tests/browser/test_accessibility.py",
    "tests/browser/test_steps.py",
    "tests/load/test_crowd_over_http.py",
    "tests/bcstudy/test_startup.py",
    "tests/browser/test_question_kinds.py",
    "tests/annotations/test_allocation_property.py",
    "tests/analysis/test_planted_dialogues.py",
    "tests/browser/test_ways_back.py",
    "tests/browser/test_interruptions.py",
    "tests/modeling/training/test_train_joint.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first; the others stay in their order."""
    place = {module: at for at, module in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Every test starts as a new process does: a study of another test may have had the same key."""
    frozen.forget()


@pytest.fixture(scope="session")
def django_db_modify_db_settings_parallel_suffix(request: pytest.FixtureRequest) -> None:
    """On SQLite each process has its test database in memory, to itself; on a server it needs a name of its own."""
    if connection.vendor != "sqlite":
        request.getfixturevalue("django_db_modify_db_settings_xdist_suffix")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real data beside the checkout; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make_demo_corpus` writes with the seed 1; read it, do not change it."""
    folder = tmp_path_factory.mktemp("corpus") / "demo"
    build(folder, seed=1)
    return folder


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty, migrated database; copy it, do not use it."""
    home = tmp_path_factory.mktemp("migrated")
    Site(home).manage("migrate", "--verbosity", "0")
    return home


@pytest.fixture
def site(migrated_home: Path, tmp_path: Path) -> Iterator[Site]:
    """A complete installation with an empty database; nothing runs until it is started."""
    running = copy_of(migrated_home, tmp_path / "home")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that `make test` found or installed."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        path = shutil.which(name)
        if path:
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        pytest.fail("no Chromium: run `make test`, which installs one")
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """One browser for all tests, which each open a profile of their own; sound needs a gesture, as it does for people.

    There is no other way to a browser in a test: Playwright can be started once in a process. It leaves a loop in this
    thread, for which Django would refuse the database to every later test of the process.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    arguments = ["--no-sandbox", "--autoplay-policy=document-user-activation-required"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield browser
        browser.close()
