"""A real Chromium before a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.listener import Listener, watch
from tests.browser.listening_site import add_studies
from tests.running_site import Site, copy_of


@pytest.fixture(scope="session")
def listening_site(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with the studies of `listening_site.py`. Tests come as new listeners and leave it as it is."""
    site = copy_of(migrated_home, tmp_path_factory.mktemp("listening") / "home")
    try:
        add_studies(site, tmp_path_factory.mktemp("sounds"))
        site.start_web()
        yield site
    finally:
        site.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A window in which any error of a script, and anything against the security policy, fails the test."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    page = context.new_page()
    errors = watch(page)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def listener(page: Page, listening_site: Site) -> Listener:
    """Someone in front of the window."""
    return Listener(page, listening_site)
