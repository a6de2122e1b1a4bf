"""Sentences about statistics: of each only where the report shows it."""

from collections.abc import Iterator

from analysis.enums import Subset
from analysis.report.methods.facts import Facts

OF_CHOICES = {
    "accuracy_majority": "Accuracy over majorities is taken over trials in which more than half of the judgements "
    "agree.",
    "accuracy_unanimous": "Accuracy over unanimous trials is taken over those with at least three judgements that are "
    "all equal.",
    "leave_one_out": "Leave-one-out consistency sets each judgement against the mode of the trial’s other judgements, "
    "ties sharing the credit: the lower bound of what a perfect model of the group reaches (Nili et al. 2014).",
    "oracle": "Oracle accuracy is what always choosing the most frequent answer would reach; no model can exceed it.",
    "log_loss_bits": "Log-loss is in bits, with a softmax temperature fitted to other trials (ten folds); a model that "
    "knows nothing has log₂ of the number of choices, 1.58 bits of triads.",
    "fleiss_kappa": "Agreement among listeners is given as Fleiss’ kappa for unequal numbers of raters (Fleiss 1971, "
    "with pooled marginals), Krippendorff’s alpha (Krippendorff 2019) and Gwet’s AC1 (Gwet 2008).",
}
OF_LISTENERS = (
    "Single listeners are held against the mode of the others’ judgements of triads, and their competence is the "
    "probability of answering by the triad’s latent consensus in a one-coin model (Dawid & Skene 1979); guessing gives "
    "1/3 of either."
)
OF_RATINGS = {
    "krippendorff_alpha_interval": "Agreement of ratings is given as Krippendorff’s alpha, ordinal and interval "
    "(Krippendorff 2019).",
    "icc_a_1": "Where everyone rated everything, intraclass correlations for absolute agreement are given (McGraw & "
    "Wong 1996).",
    "split_half": "Split-half reliability is the correlation of mean ratings between random halves of the raters, "
    "Spearman–Brown corrected.",
    "spearman_between_listeners": "How far listeners put the clips of a page in the same order is the mean Spearman "
    "correlation of two listeners, averaged over pages.",
    "kendall_w": "Of ranks Kendall’s coefficient of concordance is given too (Kendall & Babington Smith 1939); it is "
    "one in the number of listeners where they do not agree.",
    "suitability_pairwise_accuracy": "For suitability, pairs of clips of a context that listeners rate or rank "
    "differently count as right where the model orders them the same way; its ties count half, and chance is 1/2.",
    "suitability_pairwise_accuracy_one_out": "The ceiling sets single listeners against the means of the others.",
}


def statistics(facts: Facts) -> Iterator[str]:
    """Yield the sentences."""
    if facts.triad_questions:
        yield (
            "A judgement of a triad is the slot of the odd clip; a most similar pair is the same judgement told as the "
            "clip left over."
        )
    if facts.has("accuracy_judgement"):
        yield f"Accuracy is the mean credit over judgements; chance is {_chance(facts)}."
    for said in (OF_CHOICES, OF_RATINGS):
        yield from (sentence for measure, sentence in said.items() if facts.has(measure))
    if facts.triad_questions and facts.has("krippendorff_alpha_nominal"):
        yield OF_LISTENERS
    if any(row.low is not None for row in facts.rows):
        yield from _intervals(facts)
    if facts.n_comparisons:
        yield (
            "Models are compared on the same resamples and by a paired sign-flip permutation test over trials (Good "
            "2005)" + (", corrected by Holm’s method (Holm 1979)." if facts.n_comparisons > 1 else ".")
        )
    yield from _subset(facts)
    if facts.maps:
        yield facts.maps
    used = ", ".join(f"{name} {version}" for name, version in facts.versions.items())
    yield f"Figures were computed by bcstudy ({used})."


def _chance(facts: Facts) -> str:
    """Return the chance of each number of choices there is, such as 1/3."""
    chances = {row.estimate for row in facts.rows if row.measure == "chance" and row.estimate}
    return " or ".join(f"1/{round(1 / chance)}" for chance in sorted(chances))


def _intervals(facts: Facts) -> Iterator[str]:
    units = "participants and trials" + (" (contexts for what is rated or ranked)" if facts.ratings else "")
    yield (
        "Intervals are 95 % bias-corrected and accelerated intervals (Efron 1987) from a two-way bootstrap that "
        f"resamples {units} independently (Owen 2007), calibrated so that the noise of single judgements counts once "
        f"(Cameron, Gelbach & Miller 2011), {facts.settings['bootstrap']} resamples, seed {facts.settings['seed']}."
    )


def _subset(facts: Facts) -> Iterator[str]:
    if any(trial.check for trial in facts.answers.plan.trials):
        yield "Practice, attention and repeated trials enter no figure of agreement."
    if not facts.answers.n_adaptive:
        return
    if facts.answers.subset == Subset.ALL:
        yield "Figures include answers to trials that were chosen for what others had answered, which biases them."
    else:
        yield "Figures are from the random share of trials, not from those chosen for what others had answered."
