"""Everything around the trials: forms, instructions, examples, questions about the task, practice with feedback."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import check
from tests.browser.listener import Listener
from tests.browser.listening_site import STUDY, TRIADS, write_stimuli
from tests.running_site import Site, copy_of

pytestmark = pytest.mark.browser

STEPS = """\
before:
  - {name: headphones, kind: choice, text: {en: Do you wear headphones?, sv: Har du hörlurar på dig?},
     options: {yes: {en: Yes, sv: Ja}, no: {en: No, sv: Nej}}}
  - {name: age, kind: number, text: {en: How old are you?, sv: Hur gammal är du?}, required: false}
after:
  - {name: comments, kind: text, text: {en: Is there anything you want to tell us?, sv: Något du vill säga?},
     required: false}
  - {name: headphones, kind: choice,
     text: {en: Did you wear headphones all the time?, sv: Hade du hörlurar hela tiden?},
     options: {yes: {en: Yes, sv: Ja}, no: {en: No, sv: Nej}}}
comprehension:
  questions:
    - {name: what, text: {en: What do you go by?, sv: Vad går du efter?},
       options: {words: {en: What the words mean, sv: Orden}, sound: {en: How they sound, sv: Ljudet}}, right: sound}
    - {name: often, text: {en: How often may you play a sound?, sv: Hur ofta får du spela ett ljud?},
       options: {once: {en: Once, sv: En gång}, any: {en: As often as I like, sv: Så ofta jag vill}}, right: any}
examples: 1
practice: 2
"""
KINDS = """\
trials: trials.csv
tasks:
  asked:
    questions:
      - {name: best, kind: choice, text: {en: Which one sounds best?, sv: Vilket låter bäst?}}
      - {name: order, kind: rank, text: {en: Order them., sv: Ordna dem.}}
      - {name: warm, kind: rating, per: clip, display: slider, scale: [0, 100],
         text: {en: How warm is each?, sv: Hur varmt är varje?}}
      - {name: sure, kind: rating, scale: [1, 7], text: {en: How sure are you?, sv: Hur säker är du?}}
      - {name: why, kind: text, text: {en: Why?, sv: Varför?}}
      - {name: odd, kind: odd_one_out, text: {en: Which is odd?, sv: Vilket avviker?}}
examples: 1
"""
KINDS_TRIALS = """\
trial,task,clips,check,answers,explanation_en
ex,asked,clip0 clip3 clip6,practice,"{answers}",The second one rises.
t,asked,clip0 clip3 clip9,,,
"""


KINDS_ANSWERS = {"best": 1, "order": [3, 1, 2], "warm": [10, 90, 50], "sure": 7, "why": "It rises."}


@pytest.fixture(scope="module")
def steps_site(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with the study `steps`, and `example` that shows an example of many kinds of question."""
    site, folder = copy_of(migrated_home, tmp_path_factory.mktemp("steps") / "home"), tmp_path_factory.mktemp("sounds")
    try:
        write_stimuli(folder)
        answers = json.dumps(KINDS_ANSWERS).replace('"', '""')
        (folder / "trials.csv").write_text(KINDS_TRIALS.format(answers=answers), encoding="utf-8")
        for name in ("consent.md", "consent.sv.md"):
            (folder / name).write_text("# Taking part\n\nYou may stop at any time.", encoding="utf-8")
        commands = []
        for slug, body in {"steps": TRIADS + STEPS, "example": KINDS}.items():
            path = folder / f"{slug}.yaml"
            path.write_text(STUDY.format(slug=slug, body=body, pages=2), encoding="utf-8")
            commands += [("load_study", str(path)), ("set_study_state", slug, "live")]
        site.python(f"from django.core.management import call_command as call\nfor c in {commands}: call(*c)\nprint(1)")
        site.start_web()
        yield site
    finally:
        site.stop()


@pytest.fixture
def listener(page: Page, steps_site: Site) -> Listener:
    return Listener(page, steps_site)


def message(page: Page) -> Locator:
    return page.locator("#message")


def key_of(listener: Listener, number: int) -> int:
    """The odd slot of a practice trial: the example is the first of them."""
    code = (
        "from annotations.models import Trial\n"
        f"keys = Trial.objects.filter(version__study__slug='steps', check_kind='practice').order_by('position')\n"
        f"print(keys[{number}].answers['odd'])"
    )
    return int(listener.site.python(code))


def results(listener: Listener) -> list[Any]:
    code = (
        "from annotations.models import StepResult\n"
        f"rows = StepResult.objects.filter(participant__identity__external_id={listener.name!r}).order_by('pk')\n"
        "print(json.dumps(list(rows.values_list('step', 'attempt', 'passed', 'score', 'data'))))"
    )
    return list(listener.site.python(code))


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_the_whole_way_by_mouse(page: Page, listener: Listener) -> None:
    listener.arrive("steps")
    press(page, "I agree and take part")
    expect(page.get_by_role("heading", level=1)).to_have_text("A few questions first")
    page.get_by_label("How old are you?").fill("thirty")
    press(page, "Continue")
    errors = page.get_by_role("alert")
    expect(errors).to_be_focused()
    expect(errors.get_by_role("listitem")).to_have_count(2)
    age = page.get_by_role("textbox", name="How old are you?")
    expect(age).to_have_value("thirty")
    expect(age).to_have_accessible_description("Write a number in digits, such as 34.")
    group = page.get_by_role("radiogroup", name="Do you wear headphones?")
    expect(group).to_have_accessible_description("Choose one of the answers.")
    errors.get_by_role("link", name="How old are you?").click()
    expect(age).to_be_focused()
    age.fill("30")
    group.get_by_label("Yes").check()
    press(page, "Continue")
    expect(page.get_by_text("There are 4 pages")).to_be_visible()
    press(page, "Continue")
    example(page, listener)
    understand(page)
    for number, right in ((1, False), (2, True)):
        practise(page, listener, number, right=right)
    for _ in range(2):
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Page"))
        listener.answer()
    expect(page.get_by_role("heading", level=1)).to_have_text("A few questions at the end")
    page.get_by_label("Is there anything you want to tell us?").fill("No.\nThank you.")
    page.get_by_label("No", exact=True).check()
    press(page, "Continue")
    expect(page.get_by_text("THANKS42")).to_be_visible()
    stored = results(listener)
    assert [row[:4] for row in stored if row[0] not in ("examples", "instructions")] == [
        ["form_before", 0, None, None],
        ["comprehension", 0, False, 1],
        ["comprehension", 1, True, 2],
        ["form_after", 0, None, None],
    ]
    assert stored[0][4] == {"answers": {"headphones": "yes", "age": 30}}
    assert stored[-1][4] == {"answers": {"comments": "No.\nThank you.", "headphones": "no"}}


def example(page: Page, listener: Listener) -> None:
    """Look at the example: nothing can be changed, and it goes on only when everything was heard."""
    odd = key_of(listener, 0)
    expect(page.get_by_role("heading", level=1)).to_have_text("A worked example")
    expect(page.get_by_text(f"Right here: {odd + 1}.")).to_be_visible()
    listener.wait_until_ready()
    page.get_by_role("button", name="I see, go on").click()
    expect(message(page)).to_have_text("Still to hear: 1, 2, 3")
    expect(page.locator("input[name=odd]:checked")).to_have_value(str(odd))
    expect(page.locator("input[name=odd]:enabled")).to_have_count(1)
    page.locator("label.choice").nth((odd + 1) % 3).click(force=True)
    expect(page.locator("input[name=odd]:checked")).to_have_value(str(odd))
    listener.hear()
    press(page, "I see, go on")


def understand(page: Page) -> None:
    """Answer wrongly, read again, answer rightly."""
    page.get_by_label("What the words mean").check()
    page.get_by_label("As often as I like").check()
    expect(page.locator("details")).not_to_have_attribute("open", "")
    press(page, "Check my answers")
    told = page.get_by_role("alert")
    expect(told).to_be_focused()
    expect(told).to_contain_text("You have 1 more try.")
    expect(page.get_by_text("Go by what you hear")).to_be_visible()
    wrong = page.get_by_role("radiogroup", name="What do you go by?")
    expect(wrong).to_have_accessible_description("This is not the right answer yet.")
    expect(page.get_by_label("As often as I like")).to_be_checked()
    wrong.get_by_label("How they sound").check()
    press(page, "Check my answers")


def practise(page: Page, listener: Listener, number: int, *, right: bool) -> None:
    """Answer a practice trial and read what is said of it."""
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Practice, page {number} of 4")
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    listener.wait_until_ready()
    listener.hear()
    odd = key_of(listener, number)
    at = listener.slots().index(odd)
    page.locator("input[name=odd]").nth(at if right else (at + 1) % 3).click()
    page.get_by_role("button", name="Save and go on").click()
    expect(message(page)).to_have_text("That is right." if right else f"Not quite. Right here: {at + 1}.")
    page.locator("input[name=odd]").nth((at + 2) % 3).click(force=True)  # too late to change
    listener.hear(str(odd))  # but not to hear it again
    expect(message(page)).to_contain_text("right" if right else "Not quite")
    press(page, "Go on")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until it is reached."""
    for _ in range(25):
        page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            return
    pytest.fail("Tab does not reach it")


def enter(page: Page, name: str) -> None:
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    with page.expect_navigation():
        page.keyboard.press("Enter")


def hear_by_keys(page: Page, listener: Listener) -> None:
    listener.wait_until_ready()
    for number, sound in enumerate(listener.sounds(), start=1):
        page.keyboard.press(str(number))
        listener.expect_heard(sound)


def test_the_whole_way_by_keyboard_alone(page: Page, listener: Listener) -> None:
    keyboard = page.keyboard
    listener.arrive("steps")
    enter(page, "I agree and take part")
    tab_to(page, page.get_by_label("Yes"))
    keyboard.press("Space")
    keyboard.press("Tab")
    keyboard.type("41")
    with page.expect_navigation():
        keyboard.press("Enter")
    enter(page, "Continue")
    hear_by_keys(page, listener)
    with page.expect_navigation():
        keyboard.press("Enter")
    for choices in ((0, 0), (1, 1)):
        for name, choice in zip(("What do you go by?", "How often may you play a sound?"), choices, strict=True):
            radios = page.get_by_role("radiogroup", name=name).get_by_role("radio")
            tab_to(page, radios.nth(0))
            keyboard.press("ArrowDown" if choice else "Space")
            expect(radios.nth(choice)).to_be_checked()
        enter(page, "Check my answers")
    for number in (1, 2, 3, 4):
        hear_by_keys(page, listener)
        keyboard.press("q")
        keyboard.press("Enter")
        if number <= 2:
            expect(message(page)).to_have_text(re.compile(r"right|Right here"))
            keyboard.press("1")
            with page.expect_navigation():
                keyboard.press("Enter")
        else:
            expect(page.get_by_role("heading", level=1)).not_to_have_text(f"Page {number} of 4")
    tab_to(page, page.get_by_label("Is there anything you want to tell us?"))
    keyboard.type("Fine")
    keyboard.press("Tab")
    keyboard.press("Space")
    enter(page, "Continue")
    expect(page.get_by_text("THANKS42")).to_be_visible()
    assert [row[4]["answers"] for row in results(listener) if row[0].startswith("form")] == [
        {"headphones": "yes", "age": 41},
        {"comments": "Fine", "headphones": "yes"},
    ]


def test_every_kind_of_answer_is_marked(page: Page, listener: Listener) -> None:
    listener.arrive("example")
    press(page, "I agree and take part")
    press(page, "Continue")
    listener.wait_until_ready()
    assert page.locator("input[name=best]:checked").input_value() == "1"
    names = page.locator(".ranked").evaluate_all("all => all.map(e => e.dataset.name)")
    assert names == ["Clip 2", "Clip 3", "Clip 1"]
    assert page.locator(".ranked .place").all_inner_texts() == ["1", "2", "3"]
    assert page.locator("[data-slider]").evaluate_all("all => all.map(e => e.value)") == ["10", "90", "50"]
    assert page.locator("input[name=sure]:checked").input_value() == "7"
    assert page.locator("textarea").input_value() == "It rises."
    assert page.locator("input[name=odd]:checked").count() == 0, "any answer would do"
    for text in (
        "Which one sounds best? Right here: 2.",
        "Clip 1: 10, Clip 2: 90, Clip 3: 50",
        "The second one rises.",
    ):
        expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_role("button", name="Move up")).to_have_count(0)
    listener.hear()
    press(page, "I see, go on")
    listener.wait_until_ready()


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (375, "dark"), (375, "light"), (1200, "dark")])
def test_for_everybody(chromium: Browser, steps_site: Site, width: int, scheme: Any) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB", bypass_csp=True
    )
    page = context.new_page()
    listener = Listener(page, steps_site, f"axe-{width}-{scheme}")
    listener.arrive("steps")
    press(page, "I agree and take part")
    check(page)
    press(page, "Continue")
    check(page)
    page.get_by_label("Yes").check()
    press(page, "Continue")
    press(page, "Continue")
    listener.wait_until_ready()
    check(page)
    listener.hear()
    press(page, "I see, go on")
    page.get_by_label("What the words mean").check()
    page.get_by_label("As often as I like").check()
    check(page)
    press(page, "Check my answers")
    check(page)
    page.get_by_label("How they sound").check()
    press(page, "Check my answers")
    listener.wait_until_ready()
    check(page)
    listener.hear()
    listener.choose_everywhere()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("button", name="Go on", exact=True)).to_be_visible()
    check(page)
    many = Listener(page, steps_site, f"axe-kinds-{width}-{scheme}")
    many.arrive("example")
    press(page, "I agree and take part")
    press(page, "Continue")
    many.wait_until_ready()
    check(page)
    too_small = "all => all.map(e => e.getBoundingClientRect()).filter(r => r.width < 44 || r.height < 44).length"
    assert page.locator("main button, main label:not(.row-label)").evaluate_all(too_small) == 0
    context.close()
