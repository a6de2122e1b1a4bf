"""The shape of an answer as it is sent, and of what is sent back. Times are milliseconds of the browser's clock."""

from typing import Any

from rest_framework import serializers

# Longer than anybody keeps a page open; a number beyond it is no time.
LONGEST_MS = 30 * 24 * 3600 * 1000.0
MOST_PLAYS = 1000


class PlaySerializer(serializers.Serializer[Any]):
    """One play of a sound. `at_ms` counts from the moment all sounds could be played."""

    sound = serializers.RegexField(r"^(?:context|\d{1,3})$", help_text="The clip's slot, or `context`.")
    at_ms = serializers.FloatField(min_value=0, max_value=LONGEST_MS)
    heard_s = serializers.FloatField(min_value=0, max_value=LONGEST_MS, help_text="Seconds heard.")
    completed = serializers.BooleanField(help_text="Heard to its end.")


class TelemetrySerializer(serializers.Serializer[Any]):
    """How a page was used."""

    plays = serializers.ListField(child=PlaySerializer(), required=False, max_length=MOST_PLAYS, help_text="In order.")
    ready_ms = serializers.FloatField(
        required=False, min_value=0, max_value=LONGEST_MS, help_text="From the page's start until all could be played."
    )
    first_play_ms = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=LONGEST_MS)
    hidden_count = serializers.IntegerField(required=False, min_value=0, help_text="How often the tab was hidden.")
    hidden_ms = serializers.FloatField(required=False, min_value=0, max_value=LONGEST_MS)
    load_failures = serializers.IntegerField(required=False, min_value=0, help_text="Attempts to fetch a sound.")
    decode_failures = serializers.IntegerField(required=False, min_value=0, help_text="Sounds that came and were none.")
    play_failures = serializers.IntegerField(required=False, min_value=0)
    output_latency_ms = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=LONGEST_MS)
    sample_rate = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=1e7)
    reloaded = serializers.BooleanField(required=False)
    language = serializers.CharField(required=False, max_length=12)


class AnswerSerializer(serializers.Serializer[Any]):
    """An answer to one trial page."""

    assignment = serializers.CharField(max_length=40, help_text="Key of the page.")
    idempotency_key = serializers.UUIDField(help_text="The same for every attempt to send this answer.")
    answers = serializers.DictField(
        child=serializers.JSONField(),
        help_text="By question. Odd one out and pair: the odd slot; anchor and choice: the chosen one. Rating: a "
        "number; rank: 1 for the best; text: the text. Asked per clip: a list in slot order.",
    )
    rt_ms = serializers.FloatField(
        min_value=0, max_value=LONGEST_MS, help_text="From the moment all sounds could be played."
    )
    plays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=MOST_PLAYS), help_text="Completed plays per slot."
    )
    context_plays = serializers.IntegerField(min_value=0, max_value=MOST_PLAYS, default=0)
    telemetry = TelemetrySerializer(default=dict)


class FeedbackSerializer(serializers.Serializer[Any]):
    """How the answer to a practice trial was, in the language of the visit."""

    right = serializers.BooleanField()
    text = serializers.CharField(help_text="For the participant: that it is right, or what would have been.")


class PageSerializer(serializers.Serializer[Any]):
    """The page that takes the place of the answered one."""

    title = serializers.CharField(help_text="Of the window.")
    progress = serializers.CharField(help_text="HTML of how far the participant has come.")
    main = serializers.CharField(help_text="HTML of the page itself.")


class SavedSerializer(serializers.Serializer[Any]):
    """The answer is stored: it was committed before this was sent."""

    saved = serializers.BooleanField()
    next = serializers.CharField(help_text="Where to go on.")
    feedback = FeedbackSerializer(required=False, help_text="After a practice trial whose answers are known.")
    page = PageSerializer(
        required=False, help_text="Where the request had the header `X-With-Page` and a trial follows: its page."
    )


class ErrorSerializer(serializers.Serializer[Any]):
    """Nothing was stored. `message` is for the participant, in the language of the visit."""

    error = serializers.CharField(help_text="A word that programs may rely on.")
    message = serializers.CharField()
    faults = serializers.DictField(required=False, help_text="What is wrong, by question or field.")
