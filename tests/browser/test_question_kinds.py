"""Every further kind of question on a page: by mouse, by keyboard alone, by name and role, wide and narrow."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import check
from tests.browser.listener import Listener
from tests.browser.listening_site import STUDY, write_stimuli
from tests.running_site import Site, copy_of

pytestmark = pytest.mark.browser

TASK = """\
design: [{{task: asked, make: triads, within: token, n: 6, seed: 1}}]
tasks:
  asked:
    questions:
{questions}
"""
BODIES = {
    "anchor": "{name: like, kind: anchor, text: {en: Which is more like it?, sv: Vilket liknar den?}}",
    "choice": "{name: best, kind: choice, text: {en: Which one sounds best?, sv: Vilket låter bäst?}}",
    "rank": "{name: order, kind: rank, ends: {en: [most lively, least lively], sv: [livligast, minst livligt]}, "
    "text: {en: Order them by how lively they are., sv: Ordna dem efter hur livliga de är.}}",
    "sliders": "{name: warm, kind: rating, per: clip, display: slider, scale: [0, 100], "
    "ends: {en: [cold, warm], sv: [kallt, varmt]}, text: {en: How warm is each?, sv: Hur varmt är varje?}}\n"
    "{name: alike, kind: rating, display: slider, scale: [0, 10], text: {en: How alike?, sv: Hur lika?}}\n"
    "{name: sure, kind: rating, scale: [1, 7], ends: {en: [guessing, certain], sv: [gissar, säker]}, "
    "text: {en: How sure are you?, sv: Hur säker är du?}}",
    "text": "{name: why, kind: text, required: true, max_length: 60, text: {en: Why?, sv: Varför?}}\n"
    "{name: heard, kind: text, per: clip, text: {en: What did you hear?, sv: Vad hörde du?}}",
}
EVERYTHING = "\n".join(BODIES.values())
MIXED = """\
design:
  - {task: plain, make: triads, within: token, n: 2, seed: 1}
  - {task: asked, make: triads, within: token, n: 2, seed: 2}
tasks:
  plain:
    questions:
      - {name: odd, kind: odd_one_out, text: {en: Which one is different?, sv: Vilket är annorlunda?}}
  asked:
    questions:
"""
LOOKS = [
    (1200, "light", "en"),
    (1200, "dark", "en"),
    (375, "light", "sv"),
    (375, "dark", "en"),
    (600, "light", "en"),
]
FOCUSED = "e => e === document.activeElement"


@pytest.fixture(scope="module")
def kinds_site(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site with a study for each kind, and `everything` with all of them on one page."""
    site, folder = copy_of(migrated_home, tmp_path_factory.mktemp("kinds") / "home"), tmp_path_factory.mktemp("sounds")
    try:
        write_stimuli(folder)
        for name in ("consent.md", "consent.sv.md"):
            (folder / name).write_text("# Taking part\n\nYou may stop at any time.", encoding="utf-8")
        site.manage("import_stimuli", str(folder / "stimuli.csv"))
        commands = []
        for slug, questions in (BODIES | {"everything": EVERYTHING}).items():
            lines = "\n".join(f"      - {line}" for line in questions.splitlines())
            path = folder / f"{slug}.yaml"
            path.write_text(STUDY.format(slug=slug, body=TASK.format(questions=lines), pages=1), encoding="utf-8")
            commands += [("load_study", str(path)), ("set_study_state", slug, "live")]
        path = folder / "mixed.yaml"
        lines = "\n".join(f"      - {line}" for line in EVERYTHING.splitlines())
        path.write_text(STUDY.format(slug="mixed", body=f"{MIXED}{lines}\n", pages=4), encoding="utf-8")
        commands += [("load_study", str(path)), ("set_study_state", "mixed", "live")]
        site.python(f"from django.core.management import call_command as call\nfor c in {commands}: call(*c)\nprint(1)")
        site.start_web()
        yield site
    finally:
        site.stop()


@pytest.fixture
def listener(page: Page, kinds_site: Site) -> Listener:
    return Listener(page, kinds_site)


@pytest.fixture
def started(page: Page, listener: Listener) -> Any:
    """Bring the listener to the page of a study, with everything heard unless it is said otherwise."""

    def start(slug: str, *, hear: bool = True) -> Listener:
        listener.start(slug)
        if hear:
            listener.hear()
        return listener

    return start


def message(page: Page) -> Locator:
    return page.locator("#message")


def judged(listener: Listener) -> list[Any]:
    expect(listener.page.get_by_text("THANKS42")).to_be_visible()
    return sorted(listener.stored()["pages"][0]["judgements"])


def presented(listener: Listener) -> list[int]:
    slots: list[int] = listener.stored()["pages"][0]["presented"]
    return slots


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate(FOCUSED):
            return
    pytest.fail("Tab does not reach it")


def hear_by_keys(page: Page, listener: Listener) -> None:
    for number, sound in enumerate(listener.sounds(), start=1):
        page.keyboard.press(str(number))
        listener.expect_heard(sound)


def save_by_key(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def names(page: Page) -> list[str]:
    return [str(each) for each in page.locator(".ranked").evaluate_all("all => all.map(e => e.dataset.name)")]


def test_the_reference_says_so_and_the_other_two_are_offered(page: Page, started: Any) -> None:
    listener = started("anchor")
    order = presented(listener)
    at = order.index(0) + 1
    expect(page.get_by_role("button", name=f"Play {at} Reference", exact=True)).to_be_visible()
    expect(page.get_by_text(f"The reference is clip {at}.")).to_be_visible()
    assert page.locator("input[name=like]").count() == 2
    other = order.index(2) + 1
    page.get_by_role("radio", name=str(other), exact=True).click()
    listener.save()
    assert judged(listener) == [("like", None, None, 2)]


def test_the_reference_by_keyboard(page: Page, started: Any) -> None:
    listener = started("anchor", hear=False)
    hear_by_keys(page, listener)
    keys = "qwe"
    order = presented(listener)
    page.keyboard.press(keys[order.index(0)])  # the reference is no choice
    assert page.locator("input[name=like]:checked").count() == 0
    page.keyboard.press(keys[order.index(1)])
    save_by_key(page)
    assert judged(listener) == [("like", None, None, 1)]


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_the_best_of_three(page: Page, started: Any, by: str) -> None:
    listener = started("choice", hear=by == "mouse")
    if by == "mouse":
        page.get_by_role("radio", name="3", exact=True).click()
        listener.save()
    else:
        hear_by_keys(page, listener)
        page.keyboard.press("e")
        save_by_key(page)
    assert judged(listener) == [("best", None, None, presented(listener)[2])]


def ranks(listener: Listener, order: list[str]) -> list[Any]:
    """The judgements of a list that was left in this order."""
    shown = presented(listener)
    slots = [shown[int(name.split()[1]) - 1] for name in order]
    return sorted(("order", slot, float(rank), None) for rank, slot in enumerate(slots, start=1))


def test_a_ranking_by_buttons_and_by_dragging(page: Page, started: Any) -> None:
    listener = started("rank")
    assert names(page) == ["Clip 1", "Clip 2", "Clip 3"]
    page.get_by_role("button", name="Save and go on").click()
    expect(message(page)).to_have_text("Still to answer: Order them by how lively they are.")
    expect(page.get_by_role("checkbox", name="This is my order")).to_be_focused()
    page.get_by_role("button", name="Move up: Clip 2").click()
    assert names(page) == ["Clip 2", "Clip 1", "Clip 3"]
    expect(page.locator("[data-said]")).to_have_text("Clip 2: place 1 of 3")
    expect(page.get_by_role("checkbox", name="This is my order")).to_be_checked()
    page.get_by_role("button", name="Move up: Clip 2").click(force=True)  # it is at the top already
    assert names(page) == ["Clip 2", "Clip 1", "Clip 3"]
    drag(page, "Clip 3", "Clip 2")
    assert names(page) == ["Clip 3", "Clip 2", "Clip 1"]
    expect(page.locator("[data-said]")).to_have_text("Clip 3: place 1 of 3")
    assert page.locator(".place").all_inner_texts() == ["1", "2", "3"]
    listener.save()
    assert judged(listener) == ranks(listener, ["Clip 3", "Clip 2", "Clip 1"])


def drag(page: Page, name: str, to: str) -> None:
    """Drag a clip by its name over another."""
    start, end = (page.locator(f'.ranked[data-name="{each}"] .ranked-name').bounding_box() for each in (name, to))
    assert start
    assert end
    page.mouse.move(start["x"] + 20, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + 5, steps=8)
    page.mouse.up()


def test_a_ranking_by_keyboard(page: Page, started: Any) -> None:
    listener = started("rank", hear=False)
    hear_by_keys(page, listener)
    tab_to(page, page.get_by_role("button", name="Move down: Clip 1"))
    page.keyboard.press("Space")
    assert names(page) == ["Clip 2", "Clip 1", "Clip 3"]
    page.keyboard.press("ArrowDown")
    assert names(page) == ["Clip 2", "Clip 3", "Clip 1"]
    expect(page.locator("[data-said]")).to_have_text("Clip 1: place 3 of 3")
    expect(page.get_by_role("button", name="Move down: Clip 1")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    assert names(page) == ["Clip 2", "Clip 1", "Clip 3"]
    tab_to(page, page.get_by_role("button", name="Save and go on"))
    save_by_key(page)
    assert judged(listener) == ranks(listener, ["Clip 2", "Clip 1", "Clip 3"])


def test_the_order_on_the_screen_can_be_right(page: Page, started: Any) -> None:
    listener = started("rank", hear=False)
    hear_by_keys(page, listener)
    tab_to(page, page.get_by_role("checkbox", name="This is my order"))
    page.keyboard.press("Space")
    save_by_key(page)
    assert judged(listener) == ranks(listener, ["Clip 1", "Clip 2", "Clip 3"])


def test_a_finger_drags_by_the_grip(chromium: Browser, kinds_site: Site) -> None:
    context = chromium.new_context(viewport={"width": 375, "height": 800}, has_touch=True, locale="en-GB")
    page = context.new_page()
    listener = Listener(page, kinds_site)
    listener.start("rank")
    listener.hear()
    grip, end = page.locator('[data-name="Clip 1"] .grip'), page.locator('[data-name="Clip 3"]')
    grip.scroll_into_view_if_needed()
    start, stop = grip.bounding_box(), end.bounding_box()
    assert start
    assert stop
    x, y, to = start["x"] + 20, start["y"] + 20, stop["y"] + stop["height"] - 5
    touch = context.new_cdp_session(page)
    for kind, at in [("touchStart", y), *[("touchMove", y + (to - y) * step / 8) for step in range(1, 9)]]:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": at}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert names(page) == ["Clip 2", "Clip 3", "Clip 1"]
    listener.save()
    assert judged(listener) == ranks(listener, ["Clip 2", "Clip 3", "Clip 1"])
    context.close()


def test_nothing_is_ordered_slid_or_saved_before_everything_was_heard(page: Page, started: Any) -> None:
    started("everything", hear=False)
    page.get_by_role("button", name="Move up: Clip 2").click()
    expect(message(page)).to_have_text("Still to hear: 1, 2, 3")
    drag(page, "Clip 3", "Clip 1")
    assert names(page) == ["Clip 1", "Clip 2", "Clip 3"]
    page.get_by_role("checkbox", name="This is my order").click()
    expect(page.get_by_role("checkbox", name="This is my order")).not_to_be_checked()
    slider = page.get_by_role("slider", name="How alike?")
    slider.press("ArrowRight")
    expect(message(page)).to_have_text("Still to hear: 1, 2, 3")
    slider.click(position={"x": 5, "y": 22})
    expect(slider).to_have_value("5")
    assert page.locator("[data-answered]").count() == 0


def test_sliders_by_mouse(page: Page, started: Any) -> None:
    listener = started("sliders")
    page.get_by_role("button", name="Save and go on").click()
    expect(message(page)).to_have_text("Still to answer: How warm is each? (Clip 1)")
    warm = [page.get_by_role("slider", name=f"How warm is each? Clip {number}", exact=True) for number in (1, 2, 3)]
    expect(warm[0]).to_be_focused()
    expect(warm[0]).to_have_attribute("aria-valuetext", "not set yet")
    for slider, share in zip(warm, (0.0, 0.5, 1.0), strict=True):
        box = slider.bounding_box()
        assert box
        slider.click(position={"x": max(2, share * box["width"] - 2 * (share == 1)), "y": 22})
    assert [slider.input_value() for slider in warm] == ["0", "50", "100"]
    expect(warm[0]).to_have_attribute("aria-valuetext", "0, cold")
    expect(warm[1]).to_have_attribute("aria-valuetext", "50")
    expect(page.locator("output").nth(2)).to_have_text("100")
    page.get_by_role("button", name="Save and go on").click()
    expect(message(page)).to_have_text("Still to answer: How alike?")
    alike = page.get_by_role("slider", name="How alike?")
    box = alike.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 22)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 22, steps=5)
    page.mouse.up()
    expect(alike).to_have_value("8")
    page.get_by_role("group", name="How sure are you?").get_by_role("radio", name="7 certain").click()
    listener.save()
    order = presented(listener)
    warm_values = [("warm", slot, float(50 * order.index(slot)), None) for slot in (0, 1, 2)]
    assert judged(listener) == sorted([("alike", None, 8.0, None), ("sure", None, 7.0, None), *warm_values], key=str)


def test_sliders_by_keyboard(page: Page, started: Any) -> None:
    listener = started("sliders", hear=False)
    first = page.get_by_role("slider", name="How warm is each? Clip 1", exact=True)
    tab_to(page, first)
    hear_by_keys(page, listener)  # digits play wherever the focus is
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # where it stands
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    save_by_key(page)
    stored = {(name, slot): value for name, slot, value, _ in judged(listener)}
    assert [stored["warm", slot] for slot in presented(listener)] == [51, 0, 50]
    assert (stored["alike", None], stored["sure", None]) == (10, 1)


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_words(page: Page, started: Any, by: str) -> None:
    listener = started("text")
    page.get_by_role("button", name="Save and go on").click()
    expect(message(page)).to_have_text("Still to answer: Why?")
    why = page.get_by_role("textbox", name="Why?", exact=True)
    expect(why).to_be_focused()
    expect(why).to_have_accessible_description("At most 60 characters You have heard everything.")
    page.keyboard.type("1 q åäö 😀 <b>")  # keys type here and play nothing
    expect(page.locator("#why-room")).to_have_text("14 of 60 characters")
    assert page.locator("[data-state=playing]").count() == 0
    second = page.get_by_role("textbox", name="What did you hear? (optional) Clip 2", exact=True)
    if by == "mouse":
        second.click()
    else:
        tab_to(page, second)
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    if by == "mouse":
        listener.save()
    else:
        tab_to(page, page.get_by_role("button", name="Save and go on"))
        save_by_key(page)
    expect(page.get_by_text("THANKS42")).to_be_visible()
    code = (
        "from annotations.models import Judgement\n"
        f"key = {listener.name!r}\n"
        "rows = Judgement.objects.filter(response__assignment__participant__identity__external_id=key)\n"
        "print(json.dumps(list(rows.order_by('pk').values_list('question__name', 'slot', 'text'))))"
    )
    texts = [["why", None, "1 q åäö 😀 <b>"], ["heard", presented(listener)[1], "one\ntwo"]]
    assert listener.site.python(code) == texts


def test_letters_choose_in_the_first_question_that_shows_them(page: Page, started: Any) -> None:
    started("everything")
    expect(page.locator("[data-question=like] kbd").first).to_be_visible()
    expect(page.locator("[data-question=best] kbd").first).to_be_hidden()
    for key in "qwe":
        page.keyboard.press(key)
    assert page.locator("[data-question=like] :checked").count() == 1
    assert page.locator("[data-question=best] :checked").count() == 0
    shown = page.locator("[data-question=like] kbd").all_inner_texts()
    assert page.locator(".keys span").nth(1).locator("kbd").all_inner_texts() == shown


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_all_kinds_on_one_page_are_for_everybody(
    chromium: Browser, kinds_site: Site, width: int, scheme: str, language: str
) -> None:
    """600 px with twice the pixels is a window of 1200 px at 200 %."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        locale=language,
        reduced_motion="reduce",
        device_scale_factor=2 if width == 600 else 1,
        bypass_csp=True,
    )
    page = context.new_page()
    listener = Listener(page, kinds_site)
    start_in(listener, language)
    check(page)
    listener.hear()
    page.locator('[data-move="up"]').nth(1).click()
    page.locator("[data-slider]").first.press("End")
    page.locator("input[name=like]").first.click()
    page.locator("textarea").first.fill("ja")
    check(page)
    too_small = "all => all.map(e => e.getBoundingClientRect()).filter(r => r.width < 44 || r.height < 44).length"
    targets = page.locator("main button, main label:not(.row-label), main textarea, main input[type=range], .grip")
    assert targets.evaluate_all(too_small) == 0
    context.close()


def start_in(listener: Listener, language: str) -> None:
    """Go to the page of every kind, in a language."""
    page = listener.page
    listener.arrive("everything")
    assert page.evaluate("document.documentElement.lang") == language
    page.locator("button[value=agree]").click()
    page.locator("main button").click()
    expect(page.locator('[data-state="unheard"]')).to_have_count(3)


def answer_everything(page: Page, listener: Listener) -> None:
    """Answer a page of either task, each kind of control in its own way."""
    listener.hear()
    for name in page.locator("input[type=radio]").evaluate_all("all => [...new Set(all.map(e => e.name))]"):
        page.locator(f'input[name="{name}"]').first.click()
    for slider in page.locator("[data-slider]").all():
        slider.focus()
        page.keyboard.press("End")
    for field in page.locator(".question textarea").all():
        field.fill("aha")
    if page.locator("[data-confirm]").count():
        page.locator("[data-move=down]").first.click()


def test_the_next_page_takes_the_place_of_the_last_one(page: Page, listener: Listener) -> None:
    """Pages of unlike tasks follow each other in one document, with one audio context and working controls."""
    page.add_init_script(
        "window.outputs = 0; const Output = AudioContext;"
        "AudioContext = class extends Output { constructor(...given) { super(...given); outputs += 1; } };"
    )
    listener.start("mixed")
    page.evaluate("window.sameDocument = true")
    kinds = []
    for number in (1, 2, 3, 4):
        expect(page).to_have_title(re.compile(f"^Page {number} of 4"))
        expect(page.locator("progress")).to_have_js_property("value", number)
        listener.wait_until_ready()
        if number > 1:
            expect(page.get_by_role("heading", level=1)).to_be_focused()
            assert page.evaluate("scrollY") == 0
        kinds.append(page.locator("[data-question]").count())
        answer_everything(page, listener)
        room = page.locator("[data-room]").first
        if room.count():
            expect(room).to_contain_text("3")  # the script of text fields runs on whichever page they come first
        listener.save()
        if number < 4:
            assert page.evaluate("[window.sameDocument, window.outputs]") == [True, 1]
    expect(page.get_by_text("THANKS42")).to_be_visible()
    assert sorted(kinds) == [1, 1, 8, 8]
    stored = listener.stored()["pages"]
    for each in stored:
        said = {name for name, *_ in each["judgements"]}
        assert said in ({"odd"}, {"like", "best", "order", "warm", "alike", "sure", "why", "heard"})
        plays = each["telemetry"]["plays"]
        assert [play["sound"] for play in plays] == [str(slot) for slot in each["presented"]]
        assert each["telemetry"]["reloaded"] is False
    # Each page's time begins with the page, not with the document.
    assert all(0 <= each["telemetry"]["ready_ms"] < each["rt_ms"] for each in stored[1:])


def test_a_reload_after_going_on_shows_the_same_page(page: Page, listener: Listener) -> None:
    listener.start("mixed")
    answer_everything(page, listener)
    listener.save()
    listener.wait_until_ready()
    before = page.locator("[data-sound]").evaluate_all("all => all.map(e => e.dataset.sound)")
    page.reload()
    listener.wait_until_ready()
    assert page.locator("[data-sound]").evaluate_all("all => all.map(e => e.dataset.sound)") == before
    expect(page.locator("progress")).to_have_js_property("value", 2)
    answer_everything(page, listener)
    listener.save()
    assert [each["telemetry"]["reloaded"] for each in listener.stored()["pages"][:2]] == [False, True]
