"""Triads: by the rule, no two alike, balanced, at chance, and the same for the same seed."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.design.clips import Clip, DesignError, PlannedTrial
from annotations.design.triads import TriadRule, count_triads, make_triads

TOKENS = ("mhm", "uh-huh", "yeah", "right", "okay", "really", "wow", "oh")
CLIPS = [
    Clip(f"c{at:03}", {"token": TOKENS[at % 8], "speaker": f"s{at % 5}", "prosody": "abcd"[at // 8 % 4]})
    for at in range(184)
]
FROZEN = [("c048 c016 c096", "mhm"), ("c116 c012 c004", "okay"), ("c005 c101 c093", "really")]
OF = {clip.key: clip for clip in CLIPS}

RULES = [
    TriadRule(),
    TriadRule(within="token"),
    TriadRule(across="token"),
    TriadRule(within="token", across="prosody"),
    TriadRule(within="token", speakers="different"),
    TriadRule(within="token", speakers="same"),
    TriadRule(across="token", speakers="different"),
    TriadRule(across="token", speakers="same"),
    TriadRule(within="prosody", across="speaker"),
]


def allowed(clips: tuple[Clip, ...], rule: TriadRule) -> bool:
    """Tell whether three clips follow the rule, said once more in plain words."""
    counts = {c: len({clip.value(c) for clip in clips}) for c in ("token", "speaker", "prosody")}
    return (
        (rule.within is None or counts[rule.within] == 1)
        and (rule.across is None or counts[rule.across] == 3)
        and (rule.speakers != "same" or counts["speaker"] == 1)
        and (rule.speakers != "different" or counts["speaker"] == 3)
    )


def contents(trials: list[PlannedTrial]) -> list[frozenset[str]]:
    return [frozenset(trial.clips) for trial in trials]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_triads_follow_the_rule_differ_and_use_all_clips_alike(rule: TriadRule):
    trials = make_triads(CLIPS, n=240, seed=1, rule=rule)
    assert all(allowed(tuple(OF[key] for key in trial.clips), rule) for trial in trials)
    assert len(set(contents(trials))) == 240
    uses = Counter(key for trial in trials for key in trial.clips)
    assert max(uses.values()) - min(uses[clip.key] for clip in CLIPS) <= 2


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_possible_triads_are_counted_and_can_all_be_had(rule: TriadRule):
    few = CLIPS[:26]
    possible = sum(allowed(clips, rule) for clips in combinations(few, 3))
    assert count_triads(few, rule) == possible
    if possible:
        assert len(set(contents(make_triads(few, n=possible, seed=3, rule=rule)))) == possible
    with pytest.raises(DesignError, match=f"{possible + 1} triads are wanted and only {possible} are possible"):
        make_triads(few, n=possible + 1, seed=3, rule=rule)


def test_the_same_seed_plans_the_same_whatever_the_order_of_rows():
    rule = TriadRule(within="token")
    trials = make_triads(CLIPS, n=40, seed=7, rule=rule)
    assert make_triads(CLIPS[::-1], n=40, seed=7, rule=rule) == trials
    assert contents(make_triads(CLIPS, n=40, seed=8, rule=rule)) != contents(trials)


def test_the_plan_of_a_seed_never_changes():
    """Frozen: a study planned today must be planned the same by any later version, on any machine."""
    trials = make_triads(CLIPS, n=3, seed=1, rule=TriadRule(within="token"))
    assert [(" ".join(trial.clips), trial.stratum) for trial in trials] == FROZEN


def test_slots_are_at_chance():
    trials = make_triads(CLIPS, n=3000, seed=1, rule=TriadRule(across="token"))
    first_by_name = Counter(trial.clips.index(min(trial.clips)) for trial in trials)
    # Binomial(3000, 1/3): three standard deviations are 77.
    assert all(abs(first_by_name[slot] - 1000) < 77 for slot in range(3))


def test_words_get_triads_in_proportion_to_their_clips():
    trials = make_triads(CLIPS, n=480, seed=1, rule=TriadRule(within="token"))
    assert set(Counter(trial.stratum for trial in trials)) == set(TOKENS)
    assert all(59 <= count <= 61 for count in Counter(trial.stratum for trial in trials).values())


def test_strata_and_voices_are_named():
    (across,) = make_triads(CLIPS[:3], n=1, seed=1, rule=TriadRule(across="token"))
    assert across.stratum == "mhm-uh-huh-yeah"
    assert across.attributes == {"speakers": "different"}
    same = make_triads(CLIPS, n=5, seed=1, rule=TriadRule(within="token", speakers="same"))
    assert {trial.attributes["speakers"] for trial in same} == {"same"}
    nobody = [Clip(f"c{at}", {"token": "mhm"}) for at in range(3)]
    (unknown,) = make_triads(nobody, n=1, seed=1, rule=TriadRule(within="token"))
    assert unknown.attributes == {}


def test_clips_that_say_nothing_in_a_column_take_no_part():
    clips = [*CLIPS[:24], Clip("x1", {"token": ""}), Clip("x2", {}), Clip("x3", {})]
    trials = make_triads(clips, n=8, seed=1, rule=TriadRule(within="token"))
    assert not {"x1", "x2", "x3"} & {key for trial in trials for key in trial.clips}


@pytest.mark.parametrize(
    ("rule", "key", "message"),
    [
        (TriadRule(within="word"), "within", "no backchannel has anything in the column 'word'. Name one of: prosody"),
        (TriadRule(across="word"), "across", "no backchannel has anything in the column 'word'"),
    ],
)
def test_a_column_that_is_not_there(rule: TriadRule, key: str, message: str):
    with pytest.raises(DesignError, match=message) as caught:
        make_triads(CLIPS, n=1, seed=1, rule=rule)
    assert caught.value.key == key


def test_voices_must_be_known_where_they_matter():
    clips = [Clip(f"c{at}", {"token": "mhm"}) for at in range(5)]
    with pytest.raises(DesignError, match="column 'speaker'"):
        make_triads(clips, n=1, seed=1, rule=TriadRule(speakers="different"))


@given(
    values=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("stuv")), min_size=3, max_size=12),
    rule=st.builds(
        TriadRule,
        within=st.sampled_from([None, "token"]),
        across=st.sampled_from([None, "speaker"]),
        speakers=st.sampled_from(["mixed", "same", "different"]),
    ),
    seed=st.integers(0, 100),
)
@settings(deadline=None, max_examples=100)
def test_every_possible_triad_is_found_in_any_set(values: list[tuple[str, str]], rule: TriadRule, seed: int):
    clips = [Clip(f"c{at}", {"token": token, "speaker": voice}) for at, (token, voice) in enumerate(values)]
    expected = {frozenset(c.key for c in clips) for clips in combinations(clips, 3) if allowed(clips, rule)}
    assert count_triads(clips, rule) == len(expected)
    if expected:
        assert set(contents(make_triads(clips, n=len(expected), seed=seed, rule=rule))) == expected
