"""Texts that a study file gives in Markdown, what was said of a field of a form, and questions.

A question about clips in the same order looks the same to everyone: it is drawn once. So are other parts of a page that
have a template of their own.
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

# Questions and clips of some studies in every order of three clips and every language, and their contexts.
MOST_DRAWN = 4096
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
    return drawn(question["template"], question=question)


@register.simple_tag
def drawn(template: str, **context: Any) -> SafeString:
    """Return a template drawn with nothing but `context` (values whose `repr` says all of them), kept for the next."""
    if settings.DEBUG:
        return render_to_string(template, context)  # with the template as it is at this moment
    return _drawn(_Described(template, context), get_language())


class _Described:
    """A part of a page that equals every other one of the same description: nothing else reaches its template."""

    __slots__ = ("context", "template", "text")

    def __init__(self, template: str, context: Mapping[str, Any]) -> None:
        self.template = template
        self.context = context
        self.text = f"{template} {context!r}"

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Described) and self.text == other.text


@lru_cache(maxsize=MOST_DRAWN)
def _drawn(described: _Described, language: str | None) -> SafeString:
    return render_to_string(described.template, described.context)
