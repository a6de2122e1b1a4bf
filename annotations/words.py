"""Words of the trial page that its script puts in, in the active language. `{…}` is filled in by the script."""

from collections.abc import Callable
from functools import lru_cache, wraps

from django.utils.translation import get_language
from django.utils.translation import gettext as _

Words = Callable[[], dict[str, str]]


def _once_a_language(words: Words) -> Words:
    """Translate once: every page has them all. What is returned is shared; nobody may change it."""
    of_language = lru_cache(maxsize=None)(lambda language: words())

    @wraps(words)
    def spoken() -> dict[str, str]:
        return of_language(get_language())

    return spoken


def clips_heading(n_clips: int, *, in_context: bool) -> str:
    """Return the heading over the clips."""
    if in_context:
        named = {2: _("Two possible answers"), 3: _("Three possible answers"), 4: _("Four possible answers")}
        return named.get(n_clips) or _("%(n)d possible answers") % {"n": n_clips}
    named = {2: _("Two sounds"), 3: _("Three sounds"), 4: _("Four sounds")}
    return named.get(n_clips) or _("%(n)d sounds") % {"n": n_clips}


@_once_a_language
def page_words() -> dict[str, str]:
    """Return everything that the script of the trial page may have to say."""
    return {
        "loading": _("loading…"),
        "unheard": _("not heard yet"),
        "playing": _("playing…"),
        "heard": _("heard ✓"),
        "failed": _("not loaded"),
        "context": _("what was said before"),
        "clip": _("clip {name}"),
        "to_hear": _("Still to hear: {list}"),
        "all_heard": _("You have heard everything."),
        "to_answer": _("Still to answer: {list}"),
        "wait": _("The sounds are still loading."),
        "slow": _("The sounds are coming slowly. They are loaded by themselves; nothing is lost."),
        "load_failed": _("Could not load: {list}. Your earlier answers are saved."),
        "no_sound": _("The sound did not play to its end. Check your headphones, then press play again."),
        "try_again": _("Try again"),
        "saving": _("saving…"),
        "saved": _("saved ✓"),
        "kept": _(
            "Not sent yet. Your answer is kept on this device and will be sent by itself; you may also close the page "
            "and come back."
        ),
        "kept_here": _(
            "Not sent yet. Your answer is kept on this page and will be sent by itself; leave the page open."
        ),
        "earlier": _("An answer of yours is kept on this device and is being sent."),
        "held": _("Your answer is kept on this device and will be sent when you come back."),
        "not_taken": _("What you answered here does not count; a copy of it stays on this device."),
        "go_on": _("Go on"),
        "to_start": _("Go to the start of the study"),
    }


@_once_a_language
def frame_words() -> dict[str, str]:
    """Return everything that the script of the other pages may have to say."""
    return {
        "earlier": _("An answer of yours is kept on this device and is being sent."),
        "saved": _("saved ✓"),
        "not_taken": _("An answer that was kept on this device was not taken and does not count: {reason}"),
        "copied": _("copied ✓"),
    }
