"""Texts that a study file gives in Markdown, and what was said of a field of a form."""

from collections.abc import Mapping

import markdown as markdown_library
import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter(is_safe=True)
def markdown(text: str) -> SafeString:
    r"""Return Markdown as HTML without scripts, styles and embedded content; its headings begin at the second level.

    >>> markdown("# Why\n\nTo *hear*.<script>alert(1)</script>")
    '<h2>Why</h2>\n<p>To <em>hear</em>.</p>'
    """
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
