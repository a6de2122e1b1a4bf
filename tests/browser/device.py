"""What a browser keeps of answers, and the death of a browser."""

import os
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.listener import Listener

READ = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open("bcstudy", 1);
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const transaction = request.result.transaction(["waiting", "refused"]);
    const [waiting, refused] = ["waiting", "refused"].map((kind) => transaction.objectStore(kind).getAll());
    transaction.oncomplete = () => {
      request.result.close();
      resolve({ waiting: waiting.result, refused: refused.result });
    };
  };
})"""


AGE = """(ms) => new Promise((resolve, reject) => {
  const request = indexedDB.open("bcstudy", 1);
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const transaction = request.result.transaction(["waiting", "refused"], "readwrite");
    for (const kind of ["waiting", "refused"]) {
      const store = transaction.objectStore(kind);
      store.getAll().onsuccess = ({ target }) => target.result.forEach((row) => store.put({ ...row, at: row.at - ms }));
    }
    transaction.oncomplete = () => {
      request.result.close();
      resolve();
    };
  };
})"""


def age(page: Page, *, days: float) -> None:
    """Let all that the browser keeps for this site be so much older."""
    page.evaluate(AGE, days * 24 * 3600 * 1000)


def kept(page: Page) -> Any:
    """The rows of the browser's database for this site: `waiting` and `refused`."""
    return page.evaluate(READ)


def press_save(listener: Listener) -> None:
    """Hear and answer everything, and press the button of a page that cannot reach the server."""
    listener.wait_until_ready()
    listener.hear()
    listener.choose_everywhere()
    listener.page.get_by_role("button", name="Save and go on").click()
    expect(listener.page.locator("#message")).to_contain_text("kept on this device and will be sent")


def kill_browser(profile: Path) -> None:
    """End the browser of a profile as a power cut would."""
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}" in command and not any(word.startswith("--type=") for word in command):
            os.kill(int(entry.name), signal.SIGKILL)
