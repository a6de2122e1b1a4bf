"""Texts that a study file gives in Markdown, what was said of a field of a form, and questions.

A question about clips in the same order looks the same to everyone: it is drawn once.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import markdown as markdown_library
import nh3
from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# The questions of some studies in every order of three clips and every language.
MOST_DRAWN = 1024
# Consent forms and instructions.
MOST_CONVERTED = 128

register = template.Library()


@register.filter(is_safe=True)
def markdown(text: str) -> SafeString:
    r"""Return Markdown as HTML without scripts, styles and embedded content; its headings begin at the second level.

    >>> markdown("# Why\n\nTo *hear*.<script>alert(1)</script>")
    '<h2>Why</h2>\n<p>To <em>hear</em>.</p>'
    """
    return _converted(text)


@lru_cache(maxsize=MOST_CONVERTED)
def _converted(text: str) -> SafeString:
    html = markdown_library.markdown(
        text, extensions=["toc", "sane_lists"], extension_configs={"toc": {"baselevel": 2}}
    )
    return mark_safe(nh3.clean(html, tags=nh3.ALLOWED_TAGS - {"img"}))  # noqa: S308 - cleaned just now


@register.filter
def of(values: Mapping[str, str] | None, name: str) -> str:
    """Return what a mapping holds under a name; nothing where it holds nothing, or there is none.

    >>> of({"a": "x"}, "a"), of({"a": "x"}, "b"), of(None, "a")
    ('x', '', '')
    """
    return values.get(name, "") if values else ""


@register.filter
def as_html(question: Mapping[str, Any]) -> SafeString:
    """Return a question, as `shown_questions` describes it, in the active language."""
    if settings.DEBUG:
        return _draw(question)  # with the template as it is at this moment
    return _drawn(_Described(question), get_language())


class _Described:
    """A question that equals every other one of the same description: nothing else reaches its template."""

    __slots__ = ("question", "text")

    def __init__(self, question: Mapping[str, Any]) -> None:
        self.question = question
        self.text = repr(question)

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Described) and self.text == other.text


@lru_cache(maxsize=MOST_DRAWN)
def _drawn(described: _Described, language: str | None) -> SafeString:
    return _draw(described.question)


def _draw(question: Mapping[str, Any]) -> SafeString:
    return render_to_string(question["template"], {"question": question})
