"""What every long computation has in common: one worker at a time holds it by a lease that it renews."""

from django.db import models
from django.utils import timezone

from modeling.enums import RunState


class LeasedRun(models.Model):
    """A run that workers do. See `modeling.services.leases` for how it is taken, kept and ended."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 over what is computed, and of what.")
    settings = models.JSONField(default=dict, help_text="Complete, as asked for.")
    label = models.CharField(max_length=120, help_text="Short name in figures, such as wavlm-base-plus L6.")
    versions = models.JSONField(default=dict, help_text="Of the libraries that computed it.")
    state = models.CharField(max_length=9, choices=RunState.choices, default=RunState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    advice = models.TextField(blank=True, help_text="What to do about it.")
    lease_owner = models.CharField(max_length=80, blank=True, help_text="The worker that is at it.")
    lease_until = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="When that worker began.")
    done_when_taken = models.PositiveIntegerField(default=0, help_text="What had been done before it.")
    fruitless_takes = models.PositiveSmallIntegerField(
        default=0, help_text="How often a worker began and was lost before it stored anything."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def pace(self) -> float | None:
        """What is done in a second by the worker that is at it; None if none is or nothing is done yet."""
        if self.state != RunState.RUNNING or self.taken_at is None or self.done <= self.done_when_taken:
            return None
        return (self.done - self.done_when_taken) / max((timezone.now() - self.taken_at).total_seconds(), 1e-3)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the run ends at this pace; None where `pace` is."""
        return None if self.pace is None else max(self.total - self.done, 0) / self.pace
