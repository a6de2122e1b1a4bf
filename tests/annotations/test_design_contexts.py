"""Context trials: the true response is known, foils come from elsewhere, slots are at chance."""

from collections import Counter

import pytest

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


def test_true_slots_are_at_chance():
    backchannels = [Clip(f"b{at}", {"dialogue": f"d{at}"}) for at in range(900)]
    contexts = [Clip(f"x{at}", {"dialogue": f"d{at}"}) for at in range(900)]
    trials = make_contexts(contexts, backchannels, foils=2, distinct_tokens=False, seed=2)
    slots = Counter(trial.true_slot for trial in trials)
    assert all(abs(slots[slot] - 300) < 43 for slot in range(3))  # three standard deviations


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
