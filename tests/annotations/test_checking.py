"""Checks before going live: each fault in a study that has no other."""

from dataclasses import replace
from typing import Any

import pytest

from annotations.checking.check import check
from annotations.checking.expected import Pay, page_seconds, participant_seconds
from annotations.checking.facts import Sound, StudyFacts
from annotations.checking.findings import Finding, Severity
from annotations.study_file.plan import TrialPlan
from annotations.study_file.schema import StudyDefinition
from tests.annotations.asking import AGE, HEADPHONES, UNDERSTOOD, WORDS
from tests.annotations.listening import definition

TASK = {
    "name": "contextual",
    "show": ["context_audio", "transcript"],
    "questions": [
        {
            "name": "suitability",
            "kind": "rating",
            "per_clip": True,
            "text": {"en": "How well?", "sv": "Hur väl?"},
            "settings": {"scale": [1, 5], "step": 1, "ends": {"en": ["no", "yes"], "sv": ["nej", "ja"]}},
        },
        {
            "name": "odd",
            "kind": "odd_one_out",
            "per_clip": False,
            "text": {"en": "Which?", "sv": "Vilken?"},
            "settings": {},
        },
    ],
}
CODES = {"completed": "C", "screened_out": "S", "failed_attention": "A", "no_consent": "N", "full": "F"}
CONSENT = {language: {"text": "You may stop.", "sha256": ""} for language in ("en", "sv")}


def sound(key: str, **changes: Any) -> Sound:
    role = "context" if key.startswith("context") else "backchannel"
    said = "so he left" if role == "context" else ""
    values: dict[str, Any] = {"duration": 0.5, "loudness": -23.0, "limited": False, "digest": key, "transcript": said}
    return Sound(key=key, role=role, **values | changes)


def trial(at: int, **changes: Any) -> TrialPlan:
    clips = tuple(f"clip-{(at + step) % 12}" for step in range(3))
    plan = TrialPlan(key=f"t{at}", task="contextual", clips=clips, context=f"context-{at}", true_slot=at % 3)
    return replace(plan, **changes)


def study(**changes: Any) -> StudyFacts:
    """A study without any fault or warning; `changes` replace fields of its facts and keys of its definition."""
    fields = {key: changes.pop(key) for key in StudyFacts.__dataclass_fields__ if key in changes}
    own = {key: changes.pop(key) for key in StudyDefinition.model_fields if key in changes and key != "design"}
    parts: dict[str, Any] = {"codes": CODES, "places": 10, "ratings_per_trial": 5, "trials_per_participant": 6}
    described = definition("short", **parts | changes) | {"tasks": [TASK]} | own
    facts: dict[str, Any] = {
        "consent": CONSENT,
        "trials": tuple(trial(at) for at in range(12)),
        "sounds": {
            one.key: one for at in range(12) for one in (sound(f"clip-{at}"), sound(f"context-{at}", duration=3.0))
        },
        "target": -23.0,
        "interface": ("en", "sv"),
    }
    return StudyFacts(definition=StudyDefinition.model_validate(described), **facts | fields)


def found(severity: Severity, facts: StudyFacts, about: str = "") -> list[str]:
    return [str(one) for one in check(facts) if one.severity is severity and about in one.about]


def only(severity: Severity, facts: StudyFacts) -> str:
    """Return the one finding of a severity; there must be none that is worse."""
    assert severity is Severity.FAULT or not found(Severity.FAULT, facts)
    (one,) = found(severity, facts)
    return one


def test_a_study_without_faults() -> None:
    assert found(Severity.FAULT, study()) == []
    assert found(Severity.WARNING, study()) == []


def test_the_worst_comes_first() -> None:
    findings = check(study(consent={}, ratings_per_trial=2, places=4))
    assert [one.severity for one in findings] == sorted((one.severity for one in findings), key=list(Severity).index)
    assert findings[0].about == "consent"
    assert str(Finding(Severity.NOTE, "a", "b")) == "a: b."


def with_sounds(*changed: Sound) -> StudyFacts:
    return study(sounds={**study().sounds, **{one.key: one for one in changed}})


class TestSounds:
    def test_loudness_outliers(self) -> None:
        facts = with_sounds(
            sound("clip-1", loudness=-24.1, limited=True),
            sound("clip-2", loudness=-26.5, limited=True),
            sound("clip-3", loudness=-23.9),
            sound("spare", loudness=-60.0),
        )
        assert only(Severity.WARNING, facts) == (
            "loudness: 2 sounds of 24 more than 1 LU off -23 LUFS: clip-2 (-26.5), clip-1 (-24.1). "
            "Their peaks allow no more: import into a new corpus with BCSTUDY_LOUDNESS_TARGET at -27 or below, "
            "or leave them out."
        )

    def test_the_same_sound_twice_in_a_trial(self) -> None:
        facts = with_sounds(sound("clip-1", digest="clip-0"))
        assert only(Severity.FAULT, facts).startswith(
            "trials: 2 trials with the same sound twice: t0 (clip-0 = clip-1)"
        )

    def test_an_attention_trial_may_have_it_twice(self) -> None:
        twice = trial(
            12, context="context-0", clips=("clip-0", "clip-0", "clip-1"), check="attention", answers={"odd": 2}
        )
        facts = study(trials=(*study().trials, twice), checks={"attention": 1, "repeats": 0})
        assert found(Severity.FAULT, facts) == []

    def test_a_transcript_that_is_shown_must_be_there(self) -> None:
        facts = with_sounds(sound("context-4", transcript=""))
        assert "1 context without the transcript that is shown: context-4" in only(Severity.FAULT, facts)


class TestTexts:
    def test_forms_and_questions_about_the_task_are_looked_at(self) -> None:
        nameless = HEADPHONES | {"text": {"en": "Headphones?"}}
        questions = [UNDERSTOOD["questions"][0] | {"text": {"en": "May you?"}}]
        facts = study(before=[nameless], comprehension=UNDERSTOOD | {"questions": questions})
        missing = "before.headphones (sv), comprehension.stop (sv)"
        assert only(Severity.FAULT, facts).startswith(f"texts: missing: {missing}. ")

    def test_every_language_has_every_text(self) -> None:
        task = {**TASK, "questions": [{**TASK["questions"][0], "text": {"en": "How?"}}]}  # type: ignore[index]
        facts = study(tasks=[task], title={"en": "Short"}, consent={"en": {"text": "You may stop."}})
        assert only(Severity.FAULT, facts) == (
            "texts: missing: title (sv), consent (sv), contextual.suitability (sv). "
            "Write them in every language of the title."
        )

    def test_the_ends_of_a_scale_are_texts_too(self) -> None:
        question = {**TASK["questions"][0]}  # type: ignore[index, dict-item]
        question["settings"] = {"scale": [1, 5], "step": 1, "ends": {"en": ["no", "yes"]}}
        assert "contextual.suitability.ends (sv)" in only(
            Severity.FAULT, study(tasks=[{**TASK, "questions": [question]}])
        )
        question["settings"] = {"scale": [1, 5], "step": 1, "ends": {}}
        (bare,) = found(Severity.NOTE, study(tasks=[{**TASK, "questions": [question]}]), "texts")
        assert "scales whose ends say nothing: contextual.suitability" in bare

    @pytest.mark.parametrize("consent", [{}, {"en": {"text": ""}, "sv": {"text": ""}}])
    def test_there_must_be_consent(self, consent: dict[str, Any]) -> None:
        faults = found(Severity.FAULT, study(consent=consent), "consent")
        assert faults[0].startswith("consent: there is no text to consent to")

    def test_what_a_template_leaves_open(self) -> None:
        text = "By [names]; see [our page](https://example.org). You get [amount]."
        facts = study(consent={**CONSENT, "en": {"text": text, "sha256": ""}})
        assert only(Severity.WARNING, facts).startswith(
            "consent: still to be filled in: [names] (en), [amount] (en). Write"
        )

    def test_an_instruction_is_a_text_too(self) -> None:
        told = trial(12, context="context-0", check="attention", answers={"suitability": [3, 3, 3]})
        checks = {"attention": 1, "repeats": 0}
        told = replace(told, attributes={"instruction_en": "Choose 3."})
        assert "missing: t12.instruction (sv)" in only(
            Severity.FAULT, study(trials=(*study().trials, told), checks=checks)
        )
        told = replace(told, attributes={"instruction": "Choose 3."})
        assert found(Severity.FAULT, study(trials=(*study().trials, told), checks=checks)) == []

    def test_a_language_without_our_own_texts(self) -> None:
        assert "not there in sv" in only(Severity.WARNING, study(interface=("en",)))


class TestRecruiting:
    def test_prolific_needs_its_code(self) -> None:
        facts = study(codes=CODES | {"completed": ""})
        assert only(Severity.FAULT, facts).startswith("recruitment: there is no completion code, and prolific knows")

    def test_a_plain_link_needs_no_code(self) -> None:
        facts = study(platform="link", codes=dict.fromkeys(CODES, ""))
        assert found(Severity.FAULT, facts) == []
        assert found(Severity.NOTE, facts, "recruitment") == []

    def test_codes_tell_outcomes_apart(self) -> None:
        facts = study(codes=CODES | {"no_consent": "C"})
        assert "the code C stands for completed, no_consent" in only(Severity.FAULT, facts)

    def test_who_does_not_understand_the_task_gets_a_code(self) -> None:
        codes = CODES | {"screened_out": ""}
        said = only(Severity.WARNING, study(comprehension=UNDERSTOOD, codes=codes))
        assert said.startswith("recruitment: who does not understand the task gets no code")
        assert found(Severity.WARNING, study(comprehension=UNDERSTOOD | {"on_fail": "warn"}, codes=codes)) == []

    @pytest.mark.parametrize("on_fail", ["screen_out", "second_try"])
    def test_whoever_is_sent_away_needs_a_code(self, on_fail: str) -> None:
        screening = {"headphones": "huggins", "pass": 5, "of": 6, "volume": True, "on_fail": on_fail}
        codes = CODES | {"screened_out": "", "no_consent": ""}
        facts = study(screening=screening, codes=codes)
        assert only(Severity.WARNING, facts).startswith("recruitment: who fails the screening gets no code")
        assert found(Severity.NOTE, facts, "recruitment")[0].startswith(
            "recruitment: who does not consent gets no code"
        )

    @pytest.mark.parametrize("screening", [{"volume": True}, {"headphones": "huggins", "on_fail": "warn"}])
    def test_where_nobody_is_sent_away_no_code_is_needed(self, screening: dict[str, Any]) -> None:
        facts = study(screening=screening, codes=CODES | {"screened_out": ""})
        assert found(Severity.WARNING, facts) == []

    def test_places_are_limited_on_a_platform(self) -> None:
        assert only(Severity.WARNING, study(places=None)).startswith("recruitment: there is no limit on places")

    def test_sona_needs_a_way_back_that_names_who_is_done(self) -> None:
        assert "there is no return_url, so SONA grants no credit" in only(Severity.WARNING, study(platform="sona"))
        facts = study(platform="sona", return_url="https://a.example/?survey_code=")
        assert "return_url names nobody" in only(Severity.WARNING, facts)
        assert found(Severity.WARNING, study(platform="sona", return_url="https://a.example/?survey_code={id}")) == []

    def test_mturk_shows_its_frame_and_takes_its_form(self) -> None:
        facts = study(platform="mturk", return_url="https://a.example/")
        assert "return_url is not used" in only(Severity.WARNING, facts)
        assert any("/s/short/frame/" in note for note in found(Severity.NOTE, facts, "recruitment"))

    def test_invitations_are_for_plain_links(self) -> None:
        assert "keeps everybody out whom prolific sends" in only(Severity.FAULT, study(invitation_only=True))
        assert found(Severity.FAULT, study(platform="link", invitation_only=True)) == []

    def test_who_comes_too_late_needs_a_code(self) -> None:
        facts = study(codes=CODES | {"full": ""})
        assert any("when the study is full" in note for note in found(Severity.NOTE, facts, "recruitment"))
        assert not any("when the study is full" in note for note in found(Severity.NOTE, study(), "recruitment"))

    def test_an_unusual_parameter_is_told(self) -> None:
        assert "the study looks for workerId" in found(Severity.NOTE, study(id_parameter="workerId"), "recruitment")[0]


class TestScreening:
    def test_a_screening_that_guessing_passes_is_told(self) -> None:
        screening = {"headphones": "antiphase", "pass": 3, "of": 6, "on_fail": "warn"}
        assert only(Severity.WARNING, study(screening=screening)) == (
            "screening: 32% of those who guess get 3 of 6 headphone trials right. "
            "Raise screening.pass, or give more trials: 5 of 6 lets 2 % through."
        )
        assert found(Severity.WARNING, study(screening=screening | {"pass": 5})) == []


class TestAttention:
    def with_checks(self, *checks: TrialPlan, **changes: Any) -> StudyFacts:
        return study(trials=(*study().trials, *checks), **changes)

    def test_there_are_as_many_as_asked_for(self) -> None:
        facts = study(checks={"attention": 2, "repeats": 0}, practice=1)
        assert [fault.split(".")[0] for fault in found(Severity.FAULT, facts)] == [
            "checks: each participant is to get 2 attention trials, and there are none",
            "checks: each participant is to get 1 practice trials, and there are none",
        ]

    def test_none_is_there_for_nothing(self) -> None:
        facts = self.with_checks(trial(0, key="a", check="attention", answers={"odd": 2}))
        assert only(Severity.WARNING, facts).startswith("checks: 1 attention trial, and participants are to get none")

    def test_every_key_is_there_and_can_be_met(self) -> None:
        facts = self.with_checks(
            trial(0, key="none", check="attention"),
            trial(1, key="far", check="attention", answers={"suitability": [3, 3, 9], "odd": 1}),
            trial(2, key="other", check="attention", answers={"energy": 3}),
            trial(3, key="fine", check="attention", answers={"suitability": [3, 3, 3], "odd": 1}),
            checks={"attention": 2, "repeats": 0},
        )
        without, wrong = found(Severity.FAULT, facts)
        assert "1 attention trial without the right answers: none" in without
        assert "far (suitability: 9 is not on the scale from 1 to 5), other (contextual asks no energy)" in wrong

    def test_a_rule_that_can_exclude_nobody(self) -> None:
        facts = study(exclude=[{"rule": "attention_failed", "more_than": 0}])
        assert only(Severity.WARNING, facts).startswith("exclude: attention_failed more_than 0 excludes nobody")


class TestBalance:
    def test_clips_in_no_trial_and_clips_in_many(self) -> None:
        facts = study(
            trials=tuple(trial(at, clips=("clip-0", "clip-1", f"clip-{2 + at % 9}")) for at in range(12)),
        )
        assert only(Severity.WARNING, facts).startswith(
            "clips: clips are heard in 1 to 12 trials each, so 5 to 60 times: least clip-10"
        )
        assert "1 clip of 12 in no trial: clip-11" in found(Severity.NOTE, facts, "clips")[0]

    def test_how_often_clips_are_heard_is_always_said(self) -> None:
        assert found(Severity.NOTE, study(), "clips") == ["clips: each clip is heard in 3 trials, so 15 times."]

    def test_contexts_without_their_true_response(self) -> None:
        facts = study(trials=tuple(trial(at, true_slot=None if at < 2 else 0) for at in range(14)), places=20)
        missing = [one for one in found(Severity.WARNING, facts) if one.startswith("contexts")]
        assert "2 trials of 14 with a context name no true response: t0, t1" in missing[0]
        assert "the true response is in slot 0 in 12 of 12 trials" in found(Severity.NOTE, facts, "contexts")[0]

    def design_by_blocks(self, sizes: list[int], **changes: Any) -> StudyFacts:
        """Blocks b0, b1, … of these sizes."""
        names = [f"b{block}" for block, size in enumerate(sizes) for _ in range(size)]
        return study(trials=tuple(trial(at, block=name) for at, name in enumerate(names)), design="blocks", **changes)

    def test_equal_blocks(self) -> None:
        facts = self.design_by_blocks([6, 6])
        assert found(Severity.FAULT, facts) == []
        assert found(Severity.WARNING, facts) == []

    def test_unequal_blocks(self) -> None:
        assert "blocks have 5 to 6 trials" in found(Severity.WARNING, self.design_by_blocks([6, 5]), "blocks")[0]

    def test_a_context_twice_in_a_block(self) -> None:
        facts = self.design_by_blocks([6, 6])
        trials = [replace(one, context="context-0") if one.key in ("t3", "t9") else one for one in facts.trials]
        assert "1 time a block has a context twice: b0 (context-0)" in only(
            Severity.WARNING, replace(facts, trials=tuple(trials))
        )

    def test_a_participant_gets_a_whole_block(self) -> None:
        facts = self.design_by_blocks([4, 4, 4], trials_per_participant=100, places=12)
        assert (facts.pages, facts.places_needed) == (4, 15)
        assert "12 places × 4 trials give only 4.0 ratings a trial. Offer 15" in only(Severity.WARNING, facts)

    def test_places_are_a_multiple_of_the_blocks(self) -> None:
        facts = self.design_by_blocks([6, 6], places=11)
        assert "11 places are no multiple of 2 blocks" in only(Severity.WARNING, facts)

    def test_each_block_has_as_many_attention_trials(self) -> None:
        facts = self.design_by_blocks([6, 6], checks={"attention": 1, "repeats": 0})
        attention = trial(0, key="a", block="b0", check="attention", answers={"odd": 0})
        facts = replace(facts, trials=(*facts.trials, attention))
        assert "blocks have 0 to 1 attention trials; fewest in b1" in only(Severity.WARNING, facts)


class TestReach:
    def test_too_few_places(self) -> None:
        assert only(Severity.WARNING, study(places=8)) == (
            "places: 12 trials × 5 ratings = 60 answers, but 8 places × 6 trials give only 4.0 ratings a trial. "
            "Offer 10 places, or lower ratings_per_trial."
        )

    def test_nobody_hears_a_trial_twice(self) -> None:
        facts = study(trials_per_participant=100, places=4)
        assert "only 4.0 ratings a trial. Offer 5 places" in only(Severity.WARNING, facts)
        assert any("gets all 12 trials" in one for one in found(Severity.NOTE, facts, "allocation"))

    def test_too_few_ratings(self) -> None:
        assert only(Severity.WARNING, study(ratings_per_trial=2)).startswith("allocation: 2 ratings a trial allow")

    def test_no_trials(self) -> None:
        assert only(Severity.FAULT, study(trials=())).startswith("trials: there are none but checks")

    @pytest.mark.parametrize(
        ("places", "said"),
        [
            (10, "give all of them"),
            (20, "10 people are enough, and there are 20 places"),
            (None, "10 people; there is"),
        ],
    )
    def test_enough_places(self, places: int | None, said: str) -> None:
        assert said in found(Severity.NOTE, study(places=places), "places")[0]


class TestExpected:
    def test_a_page_takes_its_sounds_its_answers_and_its_buttons(self) -> None:
        facts = study()
        # Context 3 s once, three clips of 0.5 s 1.5 times, 0.7 s before each; three ratings, one choice, one turn.
        assert page_seconds(facts, facts.trials[0]) == pytest.approx(3.7 + 3 * 1.5 * 1.2 + 3 * 2 + 4 + 2)

    def test_everything_that_one_participant_does_is_counted(self) -> None:
        plain = participant_seconds(study())
        page = page_seconds(study(), study().trials[0])
        assert participant_seconds(study(checks={"attention": 2, "repeats": 1})) == pytest.approx(plain + 3 * page)
        screening = {"headphones": "huggins", "pass": 5, "of": 6, "volume": True, "on_fail": "warn"}
        assert participant_seconds(study(screening=screening)) == pytest.approx(plain + 6 * 8 + 20)
        asked = {"before": [HEADPHONES, AGE], "after": [WORDS], "comprehension": UNDERSTOOD, "examples": 1}
        assert participant_seconds(study(**asked)) == pytest.approx(plain + (2 + 2) * 4 + 20 + page)
        longer = {**CONSENT, "en": {"text": "word " * 203}}
        assert participant_seconds(study(consent=longer)) == pytest.approx(plain + 60)

    def test_time_and_cost_are_told_with_what_is_assumed(self) -> None:
        findings = {one.about: str(one) for one in check(study(), pay=Pay(per_hour=12))}
        assert findings["duration"].startswith(
            "duration: about 2.1 min for one participant: 6 pages of 21 s (assumed: "
        )
        assert findings["cost"] == (
            "cost: 0.43 each at 12 an hour, 4.27 for 10 participants, without fees and taxes. "
            "Add `--fees PERCENT` to count the platform's fees."
        )
        findings = {one.about: str(one) for one in check(study(), pay=Pay(per_hour=12, fees=50))}
        assert "4.27 for 10 participants, 6.40 with 50 % of fees and without taxes" in findings["cost"]
        assert "cost" not in {one.about for one in check(study())}

    def test_a_long_study_tires(self) -> None:
        facts = study(
            sounds={key: replace(one, duration=80 * one.duration) for key, one in study().sounds.items()},
            reservation_minutes=90,
        )
        assert "listeners tire" in only(Severity.WARNING, facts)

    def test_a_reservation_outlasts_its_page(self) -> None:
        facts = study(
            sounds={key: replace(one, duration=20 * one.duration) for key, one in study().sounds.items()},
            reservation_minutes=5,
        )
        assert "a trial is held for 5 min, and a page may take" in only(Severity.WARNING, facts)

    @pytest.mark.parametrize(("limit", "acts"), [(4499, False), (4501, True)])
    def test_a_rule_quicker_than_hearing_excludes_nobody(self, limit: float, acts: bool) -> None:
        facts = study(exclude=[{"rule": "median_rt_below_ms", "value": float(limit)}])
        said = [one for one in found(Severity.NOTE, facts, "exclude") if "hearing everything takes 4500 ms" in one]
        assert bool(said) is not acts

    def test_blocks_of_very_different_length(self) -> None:
        slow = {f"context-{at}": sound(f"context-{at}", duration=30.0) for at in range(6)}
        facts = TestBalance().design_by_blocks([6, 6], sounds={**study().sounds, **slow})
        assert "block b0 takes about 4.8 min, block b1 2.1 min" in only(Severity.WARNING, facts)
