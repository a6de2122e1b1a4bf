"""Every text that a listener can meet is there in every language of the site."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation.template import templatize

from tests.running_site import ROOT

# Commands and the admin speak English and mark nothing; whatever else of this app is marked, listeners can meet.
LISTENER = ["annotations"]
TEMPLATES = ["templates", "annotations/templates"]
OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]


def python_texts() -> Iterator[tuple[str, ...]]:
    """Every text that code marks for translation."""
    paths = [path for place in LISTENER for path in files(ROOT / place, "*.py")]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "gettext", "gettext_lazy"}:
                yield (ast.literal_eval(node.args[0]),)


def template_texts() -> Iterator[tuple[str, ...]]:
    """Every text that a template marks for translation: one, or singular and plural."""
    for path in [path for place in TEMPLATES for path in files(ROOT / place, "*.html")]:
        marked = templatize(path.read_text(encoding="utf-8"))
        for call in re.finditer(r"\b(n?gettext)\((u'(?:[^'\\]|\\.)*')(?:, *(u'(?:[^'\\]|\\.)*'))?", marked):
            yield tuple(ast.literal_eval(text) for text in call.groups()[1:] if text)


def files(place: Path, pattern: str) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob(pattern))


TEXTS = sorted({*python_texts(), *template_texts()})


def test_texts_are_found() -> None:
    assert ("Save and go on",) in TEXTS
    assert ("saved ✓",) in TEXTS
    assert ("Your answer to %(answered)s page is saved.", "Your answers to %(answered)s pages are saved.") in TEXTS


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    with translation.override(language):
        missing = [text for text in TEXTS if in_language(text) == text]
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_survive_translation(language: str) -> None:
    placeholder = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    with translation.override(language):
        for text in TEXTS:
            for original, translated in zip(text, in_language(text), strict=True):
                assert set(placeholder.findall(original)) == set(placeholder.findall(translated))


def in_language(text: tuple[str, ...]) -> tuple[str, ...]:
    if len(text) == 1:
        return (gettext(text[0]),)
    return ngettext(*text, 1), ngettext(*text, 2)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_need_nothing_but_themselves(name: str) -> None:
    with translation.override("sv"):
        page = render_to_string(f"{name}.html")
    assert '<html lang="sv">' in page
    assert "<h1>" in page
