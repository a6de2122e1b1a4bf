"""What the pages of this app share: read-only pages, links between them, counts in one query."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, F, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from corpus.admin import ReadOnlyMixin

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline
else:
    # Django's classes take no parameter when they run; the stubs want one.

    class ModelAdmin(admin.ModelAdmin):
        """A page whose class may be written with its model."""

        def __class_getitem__(cls, model: Any) -> type:
            return cls

    class TabularInline(admin.TabularInline):
        """A table whose class may be written with its models."""

        def __class_getitem__(cls, models: Any) -> type:
            return cls


class EvidenceMixin(ReadOnlyMixin):
    """Pages to look at that may grow long."""

    list_per_page = 100
    show_full_result_count = False


class TableMixin(ReadOnlyMixin):
    """A table of what belongs to the page's object, each row linked to its own page."""

    extra = 0
    show_change_link = True


def link(target: Model | None, text: object = None) -> SafeString | str:
    """Return a link to the admin page of an object."""
    if target is None:
        return "–"
    address = reverse(f"admin:{target._meta.app_label}_{target._meta.model_name}_change", args=[target.pk])
    return format_html('<a href="{}">{}</a>', address, target if text is None else text)


def list_link(model: type[Model], text: object, **wanted: str | int) -> SafeString:
    """Return a link to the admin's list of a model, filtered."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(wanted), text)


def count_of(rows: QuerySet[Any], path: str) -> Coalesce:
    """Return an annotation: how many `rows` lead by `path` to each object of the list."""
    counted = rows.filter(**{path: OuterRef("pk")}).order_by().annotate(owner=F(path)).values("owner")
    number = counted.annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def pretty(value: object) -> SafeString:
    """Return JSON as it is read most easily."""
    return format_html("<pre>{}</pre>", json_text(value))


def json_text(value: object) -> str:
    """Return JSON with one entry a line."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def long_text(text: str, name: str) -> SafeString:
    """Return a text that wraps and scrolls without any style of ours (the security policy allows none inline)."""
    return format_html('<textarea readonly rows="16" cols="100" aria-label="{}">{}</textarea>', name, text)
