"""Sounds: corpora, audio files by content, and the stimuli that name them."""

from pathlib import Path

from django.conf import settings
from django.db import models

from corpus.addresses import address_of
from corpus.enums import StimulusRole


class Corpus(models.Model):
    """Stimuli, dialogues or both that were imported together and grow together."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200, blank=True)
    synthetic = models.BooleanField(default=False, help_text="Made by a machine; never to be called real.")
    source = models.CharField(max_length=500, blank=True, help_text="The CSV file that was imported last.")
    digest = models.CharField(
        max_length=64,
        blank=True,
        help_text="SHA-256 over every stimulus and its audio; empty while there are none.",
    )
    dialogues_digest = models.CharField(
        max_length=64,
        blank=True,
        help_text="SHA-256 over every dialogue; empty while there are none.",
    )
    loudness_target = models.FloatField(null=True, blank=True, help_text="LUFS on both ears of the served audio.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "corpora"
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class AudioFile(models.Model):
    """A sound by its content: the file as it came (kept) and the WAV that browsers are served.

    Levels are in dB relative to full scale, loudness in LUFS (ITU-R BS.1770), durations in seconds.
    """

    sha256 = models.CharField(max_length=64, unique=True, help_text="Of the file as it came.")
    path = models.CharField(max_length=300, help_text="The original, relative to the media folder.")
    format = models.CharField(max_length=20)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    rate = models.PositiveIntegerField(help_text="Samples per second.")
    channels = models.PositiveSmallIntegerField()
    duration = models.FloatField(help_text="Seconds.")
    peak = models.FloatField(help_text="dBFS.")
    loudness = models.FloatField(help_text="LUFS of the file as it came.")
    loudness_rule = models.CharField(
        max_length=40,
        help_text="`gated`; below 400 ms `single block`; where nothing reaches -70 LUFS `ungated`.",
    )
    clipped = models.FloatField(help_text="Share of samples that lie flat at full scale, in the worst channel.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["sha256"]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def location(self) -> Path:
        """The original on disk."""
        return Path(settings.MEDIA_ROOT) / self.path


class ServedAudio(models.Model):
    """What browsers get of one channel (or all) of an audio file at one loudness: WAV, PCM 16 bit, 48 kHz."""

    audio = models.ForeignKey(AudioFile, on_delete=models.PROTECT, related_name="served")
    channel = models.PositiveSmallIntegerField(null=True, blank=True, help_text="From 1; empty: all channels.")
    target = models.FloatField(help_text="LUFS aimed at, on both ears.")
    sha256 = models.CharField(max_length=64, help_text="Of the served file; it names the file.")
    gain = models.FloatField(help_text="dB applied.")
    loudness = models.FloatField(help_text="LUFS reached, on both ears.")
    peak = models.FloatField(help_text="True peak reached, dBTP.")
    duration = models.FloatField(help_text="Seconds.")

    class Meta:
        verbose_name_plural = "served audio"
        ordering = ["audio", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["audio", "channel", "target"],
                condition=models.Q(channel__isnull=False),
                name="served_once_per_channel_and_target",
            ),
            models.UniqueConstraint(
                fields=["audio", "target"],
                condition=models.Q(channel__isnull=True),
                name="served_once_per_target",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    def get_absolute_url(self) -> str:
        """Return where browsers fetch it."""
        return address_of("corpus:served", self.sha256)

    @property
    def is_limited(self) -> bool:
        """Whether the limit on its true peak keeps it quieter than the target."""
        return self.loudness < self.target - 0.05


class Stimulus(models.Model):
    """A clip that people hear and models embed: a backchannel or the context before one."""

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="stimuli")
    key = models.CharField("stimulus", max_length=120, help_text="Unique in its corpus.")
    role = models.CharField(max_length=12, choices=StimulusRole.choices)
    token = models.CharField(max_length=80, blank=True, help_text="Written form, such as mhm.")
    speaker = models.CharField(max_length=80, blank=True)
    dialogue = models.CharField(max_length=120, blank=True)
    channel = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Channel of the file, from 1.")
    start = models.FloatField(null=True, blank=True, help_text="Seconds in the dialogue.")
    end = models.FloatField(null=True, blank=True, help_text="Seconds in the dialogue.")
    transcript = models.TextField(blank=True)
    attributes = models.JSONField(default=dict, blank=True, help_text="Further columns of the CSV, as they came.")
    source_path = models.CharField(max_length=500, help_text="The path as the CSV gives it.")
    audio = models.ForeignKey(AudioFile, on_delete=models.PROTECT, related_name="stimuli")
    served = models.ForeignKey(ServedAudio, on_delete=models.PROTECT, related_name="stimuli")

    class Meta:
        verbose_name_plural = "stimuli"
        ordering = ["corpus", "key"]
        constraints = [models.UniqueConstraint(fields=["corpus", "key"], name="stimulus_key_once_per_corpus")]

    def __str__(self) -> str:
        return self.key
