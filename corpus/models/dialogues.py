"""Dialogues: their channels, and one row for each utterance with its words in it."""

from django.db import models

from corpus.models.sounds import AudioFile, Corpus


class Dialogue(models.Model):
    """A dialogue of a corpus, as it was imported."""

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="dialogues")
    key = models.CharField("dialogue", max_length=120, help_text="Unique in its corpus.")
    attributes = models.JSONField(default=dict, blank=True, help_text="What else the source says.")
    source = models.CharField(max_length=500, help_text="The file it came from.")
    digest = models.CharField(max_length=64, help_text="SHA-256 over its utterances, words, times, tags and people.")
    turn_count = models.PositiveIntegerField("utterances")
    word_count = models.PositiveIntegerField("timed words")
    duration = models.FloatField(null=True, blank=True, help_text="Seconds to the last end; empty without times.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["corpus", "key"]
        constraints = [models.UniqueConstraint(fields=["corpus", "key"], name="dialogue_key_once_per_corpus")]

    def __str__(self) -> str:
        return self.key


class Channel(models.Model):
    """One speaker's side of a dialogue, and its sound where there is any."""

    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="channels")
    tag = models.CharField(max_length=80, help_text="How the dialogue names the speaker, such as A.")
    speaker = models.CharField(max_length=80, blank=True, help_text="The person, where known.")
    audio = models.ForeignKey(AudioFile, null=True, blank=True, on_delete=models.PROTECT, related_name="channels_of")
    audio_channel = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Channel of the file, from 1; empty: the file has one."
    )

    class Meta:
        ordering = ["dialogue", "tag"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "tag"], name="channel_tag_once_per_dialogue")]

    def __str__(self) -> str:
        return self.tag


class Turn(models.Model):
    """An utterance. Its words are in the row: a corpus has millions of them."""

    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="turns")
    position = models.PositiveIntegerField(help_text="In the dialogue, from 0, in order of the starts.")
    speaker = models.CharField(max_length=80, help_text="The tag of the channel.")
    text = models.TextField()
    start = models.FloatField(null=True, blank=True, help_text="Seconds in the dialogue.")
    end = models.FloatField(null=True, blank=True, help_text="Seconds in the dialogue.")
    tag = models.CharField(max_length=80, blank=True, help_text="Dialogue act.")
    words = models.JSONField(default=list, blank=True, help_text="[word, start, end] each, where words have times.")

    class Meta:
        verbose_name = "utterance"
        ordering = ["dialogue", "position"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "position"], name="turn_position_once")]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.text[:60]}"
