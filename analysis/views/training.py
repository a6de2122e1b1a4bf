"""The researcher's pages about training: the list of runs and one page for each, live while it goes on.

Security behaviour: every view is for staff (`access.staff_only`); what changes a run is a POST with a CSRF token.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from analysis.access import staff_only
from analysis.training_shown import MOST, run_shown, training_lines
from analysis.views.studies import NO_QUEUE
from modeling.models import TrainingRun
from modeling.services import leases
from modeling.tasks import queue_training


@require_safe
@staff_only
@never_cache
def run_list(request: HttpRequest) -> HttpResponse:
    """Show the latest training runs."""
    return render(request, "analysis/training/runs.html", {"runs": training_lines(), "most": MOST})


@require_safe
@staff_only
@never_cache
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run: how far it is, its curves, what came of it, its settings."""
    return render(request, "analysis/training/run.html", {"shown": run_shown(_run(pk))})


@require_safe
@staff_only
@never_cache
def now(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the part of the page that fetches itself while the run goes on."""
    return render(request, "analysis/training/_now.html", {"shown": run_shown(_run(pk))})


@require_POST
@staff_only
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a run; its worker saves a checkpoint."""
    found = _run(pk)
    if leases.cancel(run=found):
        messages.success(request, "Cancelled. What it has done is kept, and it can go on from there.")
    else:
        messages.info(request, "There was nothing to cancel: the run had ended.")
    return redirect(found)


@require_POST
@staff_only
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a run again that was cancelled or has failed."""
    found = _run(pk)
    try:
        if leases.revive(run=found):
            queue_training(found.digest)
            messages.success(request, "Queued. It goes on from its last checkpoint.")
        else:
            messages.info(request, "The run is under way or finished.")
    except OperationalError:
        messages.error(request, NO_QUEUE)
    return redirect(found)


def _run(pk: int) -> TrainingRun:
    found = TrainingRun.objects.select_related("corpus").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such training run.")
    return found
