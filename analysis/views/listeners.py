"""The page of one study's listeners: how well each listens, and what leaving some out would change.

Security behaviour: for staff only (`access.staff_only`). It names listeners by their random keys, as the exports do,
and changes nothing: nobody is excluded from here.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analysis.access import staff_only
from analysis.enums import Population
from analysis.listeners.compute import ListenerFigures
from analysis.queries.freshness import is_current, latest_snapshot, state_of
from analysis.queries.study_list import title_of
from analysis.report.listeners import listeners_shown
from analysis.views.studies import about, asked_for


@require_safe
@staff_only
@never_cache
def listeners(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the listeners of the latest snapshot: picture first, tables below."""
    version, population = asked_for(request, slug)
    snapshot, state = latest_snapshot(version.pk, population), state_of(version.pk, population)
    context = {
        **about(version, population),
        "title": title_of(version),
        "populations": Population,
        "snapshot": snapshot,
        "current": is_current(snapshot, state),
        "has_answers": state["answers"] > 0,
        "listeners": listeners_shown(ListenerFigures.of_snapshot(snapshot)),
    }
    return render(request, "analysis/listeners.html", context)
