"""Extractions: which utterances of a corpus are backchannels, by which method, and in which part each is."""

from django.db import models

from corpus.enums import ExtractionMethod, Split
from corpus.models.dialogues import Dialogue
from corpus.models.sounds import Corpus


class Extraction(models.Model):
    """One way of finding the backchannels of a corpus, with its parameters; its digest names the result."""

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="extractions")
    method = models.CharField(max_length=8, choices=ExtractionMethod.choices)
    parameters = models.JSONField(help_text="Of the method and of the splits.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 over dialogues, method and parameters.")
    corpus_digest = models.CharField(max_length=64, help_text="Of the dialogues that were searched.")
    parts = models.JSONField(help_text="The part of every dialogue: train, validation or test.")
    item_count = models.PositiveIntegerField("backchannels")
    figures = models.JSONField(
        default=dict,
        blank=True,
        help_text="Counts, forms, durations, parts; the rule against tags, where there are tags.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.digest[:12]


class Backchannel(models.Model):
    """An utterance that is a backchannel."""

    extraction = models.ForeignKey(Extraction, on_delete=models.CASCADE, related_name="backchannels")
    dialogue = models.ForeignKey(Dialogue, on_delete=models.PROTECT, related_name="backchannels")
    position = models.PositiveIntegerField(help_text="Of the utterance in its dialogue, from 0.")
    speaker = models.CharField(max_length=80, help_text="The tag of the channel.")
    form = models.CharField(max_length=200, help_text="Written form: lower case, no punctuation.")
    start = models.FloatField(null=True, blank=True, help_text="Seconds in the dialogue.")
    end = models.FloatField(null=True, blank=True, help_text="Seconds in the dialogue.")
    overlap = models.BooleanField(null=True, help_text="Said while another spoke; unknown without times.")
    split = models.CharField(max_length=10, choices=Split.choices)

    class Meta:
        ordering = ["extraction", "dialogue", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["extraction", "dialogue", "position"], name="backchannel_once_per_extraction"
            )
        ]
        indexes = [models.Index(fields=["extraction", "split", "dialogue", "position"], name="backchannel_by_split")]

    def __str__(self) -> str:
        return self.form
