"""The parts of a study that are written in `study.yaml` as they are stored: every key, its type and its default."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Positive = Annotated[int, Field(ge=1, le=1_000_000)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", min_length=1, max_length=60)]
Code = Annotated[str, Field(max_length=80)]


class Part(BaseModel):
    """A mapping of the file: unknown keys and values of another type are faults."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, serialize_by_alias=True)


class Allocation(Part):
    """Who gets which trials. `ratings_per_trial` is the number of counted people that each trial gets, at most.

    `random_share` (0 to 1) is the part of an adaptive study's trials that is drawn at random, `priority_by` what a
    worker works priorities out by while people answer (empty: nobody does). `reopen` lists whose ratings are given to
    others again.
    """

    ratings_per_trial: Positive = 5
    trials_per_participant: Positive = 20
    design: Literal["least_filled", "blocks", "latin", "adaptive"] = "least_filled"
    random_share: Annotated[float, Field(ge=0, le=1)] = 0.3
    priority_by: Literal["", "models", "people", "map"] = ""
    reservation_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 30
    reopen: list[Literal["returned", "timed_out", "excluded"]] = ["returned", "timed_out", "excluded"]


class Codes(Part):
    """What a participant takes back to the platform; an empty code is not shown."""

    completed: Code = ""
    screened_out: Code = ""
    failed_attention: Code = ""
    no_consent: Code = ""
    full: Code = ""


class Recruitment(Part):
    """Where participants come from. An empty `id_parameter` stands for the platform's usual one.

    `return_url` leads back to the platform: `{code}` stands for the completion code in it, `{id}` for the id that the
    platform knows the participant by. Empty: the platform's usual one, where there is one. `invitation_only`: nobody
    takes part without a link from `manage.py invite`.
    """

    platform: Literal["link", "prolific", "mturk", "sona"] = "link"
    id_parameter: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]*$", max_length=60)] = ""
    places: Positive | None = None
    codes: Codes = Codes()
    return_url: Annotated[str, Field(pattern=r"^$|^https://", max_length=500)] = ""
    invitation_only: bool = False


class Screening(Part):
    """What a listener must pass before the trials: `pass_mark` (in the file: `pass`) of `of` headphone trials."""

    headphones: Literal["huggins", "antiphase"] | None = None
    pass_mark: Annotated[Positive, Field(alias="pass")] = 5
    of: Annotated[int, Field(ge=1, le=60)] = 6
    volume: bool = False
    on_fail: Literal["warn", "second_try", "screen_out"] = "screen_out"


Texts = dict[str, str]


class Option(Part):
    """One of the answers that a question offers; they are stored as a list, which keeps its order in any database."""

    name: Name
    text: Texts


class FormQuestion(Part):
    """A question of a form before or after the trials: one of some `options`, a number, or a text."""

    name: Name
    kind: Literal["choice", "number", "text"]
    text: Texts
    options: list[Option] = []
    required: bool = True


class ComprehensionQuestion(Part):
    """A question about the instructions; `right` names the option that is right."""

    name: Name
    text: Texts
    options: list[Option]
    right: Name


class Comprehension(Part):
    """Questions about the instructions, all of which must be answered rightly in so many `tries`."""

    questions: list[ComprehensionQuestion]
    tries: Annotated[int, Field(ge=1, le=10)] = 2
    on_fail: Literal["warn", "screen_out"] = "screen_out"


class Instructed(Part):
    """An attention trial of a task whose page says what to answer: `text` in every language, `answers` by question.

    One answer to a question that is asked of each clip stands for all clips.
    """

    task: Name
    text: Texts
    answers: Annotated[dict[Name, Any], Field(min_length=1)]


class Checks(Part):
    """How many attention and repeated trials each participant gets, repeats at least `repeat_after` pages later.

    Of the attention trials `instructed` ones are made first; the others hold one clip twice.
    """

    attention: Count = 0
    instructed: list[Instructed] = []
    repeats: Count = 0
    repeat_after: Positive = 5


class AttentionFailed(Part):
    """Exclude who failed more than so many attention trials."""

    rule: Literal["attention_failed"]
    more_than: Count


class MedianTooQuick(Part):
    """Exclude whose median response time is below so many milliseconds."""

    rule: Literal["median_rt_below_ms"]
    value: Annotated[float, Field(gt=0)]


class SameAnswer(Part):
    """Exclude who gave the same answer in more than this share of the trials (0 to 1)."""

    rule: Literal["same_answer_share_above"]
    value: Annotated[float, Field(ge=0, le=1)]


class ImplausibleTimes(Part):
    """Exclude who answered more than this share of the trials (0 to 1) sooner than their sounds can be heard."""

    rule: Literal["implausible_share_above"]
    value: Annotated[float, Field(ge=0, le=1)]


Exclusion = Annotated[AttentionFailed | MedianTooQuick | SameAnswer | ImplausibleTimes, Field(discriminator="rule")]

Speakers = Literal["mixed", "same", "different"]


class TriadDesign(Part):
    """Plan `n` triads of backchannels. `within` and `across` name a column of the stimuli: one value, three values."""

    task: Name
    make: Literal["triads"]
    n: Positive
    seed: Count = 0
    speakers: Speakers = "mixed"
    within: str | None = None
    across: str | None = None


class ContextDesign(Part):
    """Plan `n` trials, at most `per_context` of each context (so many of each, if `n` is empty).

    Each holds the true response and `foils` others, no two of a context the same ones.
    """

    task: Name
    make: Literal["contexts"]
    n: Positive | None = None
    per_context: Positive = 1
    seed: Count = 0
    foils: Annotated[int, Field(ge=1, le=20)] = 2
    distinct_tokens: bool = False


Design = Annotated[TriadDesign | ContextDesign, Field(discriminator="make")]

Show = Literal["context_audio", "transcript"]
