"""A study whose people hear two dimensions of its clips, and an embedding run in which a third outweighs these."""

import numpy as np

from tests.analysis.rows import Built, add_participant, add_run, answer, make_corpus, make_study

TOKENS = ("ah", "hm", "mhm", "oh", "right", "uh", "uhu", "yeah")


def planted_people() -> Built:
    """Return the study with two people who answered all triads, one who is excluded, and the run `planted`."""
    built = make_study(make_corpus(tokens=TOKENS), n_triads=128, trials_per_participant=128)
    rng = np.random.default_rng(0)
    heard = {
        key: np.array([float(clip.attributes[f"percept_{name}"]) for name in ("pitch", "energy")])
        for key, clip in built.sounds.items()
    }
    vectors = {key: [*heard[key], 6 * rng.normal(), *(0.1 * rng.normal(size=3))] for key in heard}
    add_run(built.version.corpus, "planted", vectors=vectors)
    for person in range(2):
        participant = add_participant(built, f"p{person}")
        for key, trial in built.trials.items():
            clips = [heard[clip.stimulus.key] for clip in trial.clips.order_by("slot")]
            a, b, c = (clip / np.linalg.norm(clip) for clip in clips)
            answer(built, participant, key, {"odd": int(np.argmax([b @ c, a @ c, a @ b]))})
    spoiler = add_participant(built, "spoiler", excluded=True, exclusion="too fast")
    for key in list(built.trials)[:10]:
        answer(built, spoiler, key, {"odd": 0})
    return built
