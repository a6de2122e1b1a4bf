"""The researcher's pages: the list of studies and one page for each.

Security behaviour: every view is for staff (`access.staff_only`); participants' sessions have no user. Pages read
what is stored; embeddings and figures are computed by workers, never in a request.
"""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from analysis import tasks
from analysis.access import staff_only
from analysis.downloads import FILES, download_text
from analysis.enums import Population
from analysis.errors import UnknownStudyError
from analysis.forms import EmbedForm, PopulationForm
from analysis.queries.freshness import latest_snapshot
from analysis.queries.progress import collected
from analysis.queries.run_lines import runs_of
from analysis.queries.study_list import studies, title_of
from analysis.queries.versions import answers_elsewhere, version_of
from analysis.shown import agreement_shown
from annotations.models import StudyVersion
from corpus.errors import DomainError
from modeling.services.encoders import encoders_with_defaults
from modeling.services.runs import request_run
from modeling.tasks import queue_run

View = Callable[[HttpRequest, str], HttpResponse]
# Styles inside a picture are allowed, nothing else is.
styled_picture: Callable[[View], View] = csp_replace({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]})
NO_QUEUE = "The queue cannot be reached, so nothing was started. Is the system running (`make run`)?"


@require_safe
@staff_only
@never_cache
def study_list(request: HttpRequest) -> HttpResponse:
    """Show every study."""
    return render(request, "analysis/studies.html", {"studies": studies()})


@require_safe
@staff_only
@never_cache
def study(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how a study stands: pictures first, tables below."""
    version, population = asked_for(request, slug)
    so_far = collected(version, population)
    context = {
        **about(version, population),
        "title": title_of(version),
        "collected": so_far,
        "elsewhere": answers_elsewhere(version, population),
        "populations": Population,
        "agreement": agreement_shown(version, population),
        "runs": runs_of(version.corpus_id),
        "encoders": encoders_with_defaults(),
        "files": FILES,
    }
    return render(request, "analysis/study.html", context)


@require_safe
@staff_only
@never_cache
def runs(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the part of the page about embedding runs, which fetches itself while a run goes on."""
    version, population = asked_for(request, slug)
    context = about(version, population) | {"runs": runs_of(version.corpus_id), "encoders": encoders_with_defaults()}
    return render(request, "analysis/_runs.html", context)


@require_POST
@staff_only
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the embedding run of an encoder, and a worker to compute it."""
    version, population = asked_for(request, slug)
    form = EmbedForm(request.POST)
    if not form.is_valid():
        messages.error(request, "There is no such encoder.")
    else:
        _embed(request, version, form.cleaned_data["encoder"])
    return redirect(_address(version, population) + "#runs")


def _embed(request: HttpRequest, version: StudyVersion, encoder: str) -> None:
    try:
        requested = request_run(corpus=version.corpus, encoder=encoder)
        queue_run(requested.run.digest)
    except OperationalError:
        messages.error(request, NO_QUEUE)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{requested.run.label}: {'queued' if requested.new else 'was asked for before'}.")


@require_safe
@staff_only
@never_cache
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the part of the page about agreement, which fetches itself while new figures are on the way."""
    version, population = asked_for(request, slug)
    shown = agreement_shown(version, population, request.GET.get("asked_at", ""))
    return render(request, "analysis/_agreement_update.html", about(version, population) | {"agreement": shown})


@require_POST
@staff_only
def refresh(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a worker for new figures."""
    version, population = asked_for(request, slug)
    asked_at = timezone.now().isoformat()
    reached = tasks.queue(tasks.refresh, version.pk, population.value)
    if not getattr(request, "htmx", False):
        messages.info(request, "New figures are on the way; load the page again in a moment." if reached else NO_QUEUE)
        return redirect(_address(version, population))
    shown = agreement_shown(version, population, asked_at if reached else "")
    context = about(version, population) | {"agreement": shown, "trouble": "" if reached else NO_QUEUE, "asked": True}
    return render(request, "analysis/_agreement_update.html", context)


@require_safe
@staff_only
@never_cache
@styled_picture
def picture(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the plot of the latest snapshot."""
    version, population = asked_for(request, slug)
    snapshot = latest_snapshot(version.pk, population)
    if snapshot is None or not snapshot.picture:
        raise Http404("There are no figures yet.")
    return HttpResponse(snapshot.picture, content_type="image/svg+xml; charset=utf-8")


@require_safe
@staff_only
@never_cache
def download(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Return one of the page's tables as CSV, of one population."""
    version, population = asked_for(request, slug)
    text = download_text(name, version, population)
    if text is None:
        raise Http404(f"There is no file {name}.")
    suffix = "" if population == Population.PEOPLE else f"-{population.value}"
    headers = {"Content-Disposition": f'attachment; filename="{slug}{suffix}-{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def asked_for(request: HttpRequest, slug: str) -> tuple[StudyVersion, Population]:
    """Return the version that is asked now and whose answers to show."""
    try:
        version = version_of(slug)
    except UnknownStudyError as error:
        raise Http404(str(error)) from error
    return version, PopulationForm(request.POST if request.method == "POST" else request.GET).chosen()


def about(version: StudyVersion, population: Population) -> dict[str, Any]:
    """Return what every part of the page needs."""
    return {"version": version, "study": version.study, "population": population}


def _address(version: StudyVersion, population: Population) -> str:
    address = reverse("analysis:study", args=[version.study.slug])
    return address if population == Population.PEOPLE else f"{address}?population={population.value}"
