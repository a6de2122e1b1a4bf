"""What axe finds on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "wcag2aaa"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}


def check(page: Page) -> None:
    """No finding of axe, and nothing to be scrolled sideways."""
    findings = Axe().run(page, options=OPTIONS).response["violations"]
    told = [
        f"{each['id']}: {node['html'][:120]} {node['failureSummary']}" for each in findings for node in each["nodes"]
    ]
    assert told == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
