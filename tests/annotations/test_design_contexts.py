"""Context trials: the true response is known, foils come from elsewhere, slots are at chance."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.design.clips import Clip, DesignError
from annotations.design.contexts import ResponseFaults, make_contexts, true_responses

TOKENS = ("mhm", "yeah", "right", "wow")
BACKCHANNELS = [
    Clip(f"b{at:02}", {"token": TOKENS[at % 4], "dialogue": f"d{at}" if at < 12 else ""}) for at in range(40)
]
CONTEXTS = [Clip(f"x{at:02}", {"dialogue": f"d{at}"}) for at in range(12)]
OF = {clip.key: clip for clip in BACKCHANNELS}


def test_each_context_gets_its_true_response_and_foils_from_elsewhere():
    trials = make_contexts(CONTEXTS, BACKCHANNELS, foils=2, distinct_tokens=True, seed=1)
    assert {trial.context for trial in trials} == {context.key for context in CONTEXTS}
    for trial in trials:
        assert trial.true_slot is not None
        assert trial.clips[trial.true_slot] == f"b{trial.context[1:]}"
        assert len({OF[key].value("token") for key in trial.clips}) == 3
        dialogues = [OF[key].value("dialogue") for key in trial.clips if OF[key].value("dialogue")]
        assert len(set(dialogues)) == len(dialogues)


def test_clips_are_used_about_equally_often():
    trials = make_contexts(CONTEXTS, BACKCHANNELS, foils=3, distinct_tokens=False, seed=1)
    uses = Counter(key for trial in trials for key in trial.clips)
    assert max(uses.values()) - min(uses[clip.key] for clip in BACKCHANNELS) <= 1


@given(st.integers(1, 12), st.integers(1, 3), st.integers(0, 2**32))
def test_each_slot_is_the_true_one_equally_often(n, foils, seed):
    trials = make_contexts(CONTEXTS, BACKCHANNELS, foils=foils, distinct_tokens=False, seed=seed, n=n)
    slots = Counter(trial.true_slot for trial in trials)
    counts = [slots[slot] for slot in range(foils + 1)]
    assert max(counts) - min(counts) <= 1
    assert all(trial.clips[trial.true_slot] == f"b{trial.context[1:]}" for trial in trials)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 48), st.integers(1, 3), st.booleans(), st.integers(0, 2**32))
def test_a_context_comes_again_with_other_foils(n, foils, distinct, seed):
    trials = make_contexts(CONTEXTS, BACKCHANNELS, foils=foils, distinct_tokens=distinct, seed=seed, n=n, per_context=4)
    assert len(trials) == n
    sets = [(trial.context, frozenset(trial.clips)) for trial in trials]
    assert len(set(sets)) == n
    of_context = Counter(trial.context for trial in trials)
    counts = [of_context[context.key] for context in CONTEXTS]
    assert max(counts) - min(counts) <= 1


def test_the_reference_study_can_be_planned():
    """420 trials of 40 contexts; true responses are heard 10 or 11 times, and every other clip 5 or 6 times."""
    tokens = ("mhm", "uh-huh", "yeah", "right", "okay", "really", "wow", "oh")
    said = [
        Clip(f"b{at:03}", {"token": tokens[at % 8], "dialogue": f"d{at // 4}" if at % 4 == 0 and at < 160 else ""})
        for at in range(192)
    ]
    contexts = [Clip(f"x{at:02}", {"dialogue": f"d{at}"}) for at in range(40)]
    trials = make_contexts(contexts, said, foils=2, distinct_tokens=True, seed=1, n=420, per_context=11)
    uses = Counter(key for trial in trials for key in trial.clips)
    true = {trial.clips[trial.true_slot] for trial in trials}
    assert {uses[key] for key in true} == {10, 11}
    assert {uses[clip.key] for clip in said if clip.key not in true} == {5, 6}
    assert set(Counter(trial.true_slot for trial in trials).values()) == {140}


def test_without_a_number_each_context_comes_as_often_as_it_may():
    trials = make_contexts(CONTEXTS, BACKCHANNELS, foils=2, distinct_tokens=True, seed=1, per_context=3)
    assert set(Counter(trial.context for trial in trials).values()) == {3}


def test_too_few_sets_of_foils_for_a_context():
    """One true response and four others give six pairs of foils, all of which are found."""
    clips = [Clip("true", {"dialogue": "d"}), *(Clip(f"b{at}", {}) for at in range(4))]
    context = [Clip("x", {"dialogue": "d"})]
    trials = make_contexts(context, clips, foils=2, distinct_tokens=False, seed=1, per_context=6)
    assert len({frozenset(trial.clips) for trial in trials}) == 6
    with pytest.raises(DesignError, match="x has 6 different sets of 2 foils, and one more is wanted"):
        make_contexts(context, clips, foils=2, distinct_tokens=False, seed=1, per_context=7)


def test_the_same_seed_plans_the_same_whatever_the_order_of_rows():
    trials = make_contexts(CONTEXTS, BACKCHANNELS, foils=2, distinct_tokens=True, seed=5)
    again = make_contexts(CONTEXTS[::-1], BACKCHANNELS[::-1], foils=2, distinct_tokens=True, seed=5)
    assert again == trials
    assert make_contexts(CONTEXTS, BACKCHANNELS, foils=2, distinct_tokens=True, seed=6) != trials


def test_some_of_the_contexts():
    trials = make_contexts(CONTEXTS, BACKCHANNELS, foils=2, distinct_tokens=True, seed=1, n=5)
    assert len({trial.context for trial in trials}) == 5
    with pytest.raises(DesignError, match="13 contexts are wanted and there are 12"):
        make_contexts(CONTEXTS, BACKCHANNELS, foils=2, distinct_tokens=True, seed=1, n=13)
    with pytest.raises(DesignError, match="12 contexts with 2 trials each allow 24"):
        make_contexts(CONTEXTS, BACKCHANNELS, foils=2, distinct_tokens=True, seed=1, n=25, per_context=2)


def test_a_context_may_name_its_response():
    contexts = [Clip("x", {"dialogue": "d1", "response": "b30"})]
    assert true_responses(contexts, BACKCHANNELS) == {"x": "b30"}


def test_every_context_without_one_true_response_is_named():
    contexts = [
        CONTEXTS[0],
        Clip("gone", {"response": "b99"}),
        Clip("nowhere", {}),
        Clip("silent", {"dialogue": "d77"}),
        Clip("twice", {"dialogue": "d1"}),
    ]
    backchannels = [*BACKCHANNELS, Clip("b-again", {"dialogue": "d1"})]
    with pytest.raises(ResponseFaults) as caught:
        true_responses(contexts, backchannels)
    assert caught.value.of_context == {
        "gone": "there is no backchannel 'b99'",
        "nowhere": "it names neither a response nor a dialogue",
        "silent": "dialogue 'd77' has no backchannel",
        "twice": "dialogue 'd1' has 2 backchannels",
    }
    assert "column `response`" in str(caught.value)


def test_too_few_foils():
    with pytest.raises(DesignError, match="has 3 possible foils and 4 are wanted"):
        make_contexts(CONTEXTS, BACKCHANNELS, foils=4, distinct_tokens=True, seed=1)


def test_no_contexts():
    with pytest.raises(DesignError, match="the stimuli have no context"):
        make_contexts([], BACKCHANNELS, foils=2, distinct_tokens=True, seed=1)
