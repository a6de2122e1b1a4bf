"""Agreement statistics: pure, vectorised, and each with its source. Neither Django nor Celery comes in here.

Conventions
-----------
- A *trial* is what was judged (a triad, or one rated clip), a *participant* is who judged it, a *choice* is the
  category chosen: for a triad the odd slot 0, 1 or 2.
- A model's similarity ``s[t, k]`` is that of the PAIR WHICH LEAVES SLOT k ODD: ``s[t, 0] = sim(slot 1, slot 2)``,
  ``s[t, 1] = sim(slot 0, slot 2)``, ``s[t, 2] = sim(slot 0, slot 1)``.
- A trial that a model does not cover has a NaN in its row; it is left out of that model's figures and of their n.
- Every result is a `Figure`. What is not defined is ``estimate=None`` with a named ``reason``, never NaN.
- Randomness comes from explicit seeds; the same input and seed give the same numbers.

Where things are
----------------
``figure``
    ``Figure(estimate, low, high, n_trials, n_judgements, method, reason)``
``judgements``
    ``Judgements(trial=, participant=, choice=, n_trials=, n_participants=, n_categories=3, cluster=None)`` with
    ``.counts`` (n_trials, K), ``.where(mask)``, ``.of_trials(mask)``; ``Judgements.from_labels(…)`` for other ids
``sample``, ``statistic``
    ``Sample``: judgements under R sets of weights; ``Statistic``: ``.values(sample)`` → (R,) and
    ``.figure(judgements)`` → Figure without an interval. What follows in capitals are statistics
``triads``
    ``credit(similarities)``, ``choices(similarities)``, ``probabilities(similarities, temperature)``,
    ``shared_trials(*tables)``
``accuracy``
    ``JudgementAccuracy(credit)``, ``MajorityAccuracy(credit)``, ``UnanimousAccuracy(credit)``
``ceilings``
    ``LeaveOneOut(at_least=2)``, ``Oracle()``, ``ModelRelative(credit, chance=1/3)``
``kappa``
    ``Fleiss(marginals="pooled")``, ``PercentAgreement()``, ``GwetAC1()``, ``BrennanPrediger()``;
    ``conger(judgements)`` → Figure, which is Cohen's kappa for two raters
``alpha``
    ``Alpha(level="nominal" | "ordinal" | "interval", values=None)``
``icc``
    ``icc_agreement(judgements.matrix(values), average=False)`` → Figure: ICC(A,1); with ``average=True`` ICC(A,k)
``split_half``
    ``split_half(judgements, values, n_splits=200, seed=0)`` → Figure
``bootstrap`` (with ``resampling`` and ``intervals``)
    ``two_way(judgements, {name: statistic}, n_resamples=2000, seed=0)`` → ``Bootstrap`` with
    ``.figure(name, interval="calibrated" | "bca" | "percentile")`` and ``.difference(a, b, interval=…)``
``compare``
    ``paired_sign_flip(judgements, credit_a, credit_b, n_permutations=10_000, seed=0)`` → p or
    None; ``holm(p_values)``
``layer_choice``
    ``chosen_out_of_fold([credit, …], judgements, n_folds=10, seed=0)`` → credit of what is chosen without each trial
``maps``
    ``classical_scaling(distances, dimension=2)``, ``aligned(target, other)`` → Procrustes disparity with its p;
    ``connected(triads, n_clips)``
``temperature``
    ``fit(similarities, counts)``, ``cross_validated(similarities, judgements, n_folds=10, seed=0)``,
    ``LogLoss(probabilities)``
``suitability`` (with ``ranks``)
    ``WithinContext(scores, "pairwise" | "kendall" | "spearman", values)`` and its leave-one-participant-out ceiling
    ``WithinContextCeiling(measure, values)``
``over_all`` (with ``weighted_ranks``), ``top_choice``
    ``OverAll(scores, "kendall" | "spearman", values)``; ``TopChoice(scores, is_true)``, ``PeopleTopChoice(is_true)``
``retrieval``
    ``DialogueBootstrap(dialogue, {model: Retrieved(means, rank, pool)})`` with ``.figure(model, name)``,
    ``.figures(model)`` and ``.difference(a, b, name)``
``listeners``
    ``standardised(similarities)``, ``choice_probabilities(z, noise)``, ``planted_accuracy(similarities, noise)``,
    ``rating_probabilities(z, noise, low, high)``
``with_others`` (with ``guessing``), ``repeats``, ``response_times``, ``habits``
    Figures of single listeners. ``leave_one_out(judgements)`` and ``same_choice(first, second, n_options)`` → figure
    beside what guessing gives; ``correlation_within(own, others, group)``; ``profile(rt_ms, position, least_ms)``; …
``competence``
    ``competences(judgements)`` → one-coin Dawid–Skene: a Figure for each participant
``power`` (with ``noise_model``)
    ``needed(Comparison(accuracy, against, Noise(kappa), raters, each), power)`` → triads needed and ``Size`` of each
    size that was simulated

In short
--------
>>> import numpy as np
>>> from analysis.stats import accuracy, bootstrap, ceilings, triads
>>> from analysis.stats.judgements import Judgements
>>> judged = Judgements(trial=[0, 0, 0, 1, 1, 1], participant=[0, 1, 2, 0, 1, 2], choice=[2, 2, 1, 0, 0, 0],
...                     n_trials=2, n_participants=3)
>>> credit = triads.credit(np.array([[.1, .2, .9], [.5, .4, .3]]))
>>> round(accuracy.JudgementAccuracy(credit).figure(judged).estimate, 4)
0.8333
>>> statistics = {"accuracy": accuracy.JudgementAccuracy(credit), "oracle": ceilings.Oracle()}
>>> resampled = bootstrap.two_way(judged, statistics, n_resamples=200, seed=1)
>>> resampled.figure("accuracy").n_judgements
6
"""
