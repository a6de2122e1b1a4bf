"""The listener's way in a real Firefox: sound starts in the gesture and is heard to its end, answers are stored."""

import shutil
from collections.abc import Iterator

import pytest

from tests.browser.firefox import Firefox, firefox
from tests.running_site import Site

pytestmark = pytest.mark.browser
COUNTED = """
from annotations.models import Participant, Response
person = Participant.objects.get(identity__external_id="fox")
answers = Response.objects.filter(assignment__participant=person)
print(json.dumps([person.stage, [[a.plays, a.rt_ms > 0, a.telemetry["sample_rate"] > 0] for a in answers]]))
"""


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """A Firefox, where this machine has one or `make test` could install one."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None or shutil.which("pulseaudio") is None:
        pytest.skip(
            "no Firefox or no PulseAudio here: install firefox-esr and pulseaudio, as `make test` does on Debian"
        )
    with firefox(program, tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


def test_a_whole_study_in_firefox(fox: Firefox, listening_site: Site) -> None:
    fox.open(f"{listening_site.url}/s/contexts/?PROLIFIC_PID=fox")
    fox.leave_by("button[value=agree]")
    fox.until("document.querySelector('input[name=attempt]') !== null")
    fox.leave_by("main form button")
    for number in (1, 2, 3):
        fox.until(f"document.querySelector('progress')?.value === {number}")
        fox.until("document.querySelector('#to-hear').textContent.includes('Still to hear')")
        for sound in fox.evaluate("[...document.querySelectorAll('[data-sound]')].map(e => e.dataset.sound)"):
            fox.click(f"[data-sound='{sound}']")
            fox.until(f"document.querySelector(\"[data-sound='{sound}']\").dataset.state === 'heard'")
        for name in fox.evaluate(
            "[...new Set([...document.querySelectorAll('[data-question] input')].map(e => e.name))]"
        ):
            fox.click(f"input[name='{name}']")
        fox.leave_by(".send button")
    fox.until("document.querySelector('.code')?.textContent === 'THANKS42'")
    stage, answers = listening_site.python(COUNTED)
    assert stage == "done"
    assert answers == [[[1, 1, 1], True, True]] * 3
    assert fox.errors == []
