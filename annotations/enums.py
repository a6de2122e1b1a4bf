"""Closed sets of words used by the models."""

from django.db import models


class StudyState(models.TextChoices):
    """A study is a draft until it goes live; a closed study takes no answers."""

    DRAFT = "draft", "draft"
    LIVE = "live", "live"
    PAUSED = "paused", "paused"
    CLOSED = "closed", "closed"


class ParticipantKind(models.TextChoices):
    """Who answers. Only people count in figures about people."""

    PERSON = "person", "person"
    SIMULATED = "simulated", "simulated"
    PILOT = "pilot", "pilot"
    PREVIEW = "preview", "preview"
    IMPORTED = "imported", "imported from elsewhere"


class Stage(models.TextChoices):
    """How far a participant has come. The order is the order of the pages."""

    ARRIVED = "arrived", "arrived"
    CONSENTED = "consented", "consented"
    WORKING = "working", "working"
    DONE = "done", "done"
    DECLINED = "declined", "declined consent"
    SCREENED_OUT = "screened_out", "screened out"
    WITHDRAWN = "withdrawn", "withdrawn"
    RETURNED = "returned", "returned to the platform"
    TIMED_OUT = "timed_out", "timed out"


class AssignmentState(models.TextChoices):
    """A reservation is held until it is answered, or expires and is given to someone else."""

    RESERVED = "reserved", "reserved"
    ANSWERED = "answered", "answered"
    EXPIRED = "expired", "expired"


class Check(models.TextChoices):
    """Trials with another purpose than data."""

    NONE = "", "none"
    PRACTICE = "practice", "practice"
    ATTENTION = "attention", "attention"
    REPEAT = "repeat", "repeat"


class ChosenBy(models.TextChoices):
    """Why a trial was given to a participant. `random` and `priority` are the two shares of an adaptive study."""

    LEAST_FILLED = "least_filled", "least filled"
    BLOCK = "block", "of the participant's block"
    LATIN = "latin", "next in the participant's row"
    RANDOM = "random", "random share"
    PRIORITY = "priority", "highest priority"
    CHECK = "check", "a check or practice"
