"""What every measure of agreement.csv is, in one sentence each: part of the codebook in the manifest."""

MEASURES = {
    "chance": "accuracy of a model that knows nothing: 1/3 of triads, 1/2 with an anchor, 1/k of k clips",
    "share_odd_slot_0": "share of judgements in which slot 0 is the odd one; slots are assigned at random, so near 1/3",
    "share_odd_slot_1": "the same for slot 1",
    "share_odd_slot_2": "the same for slot 2",
    "share_best_slot_0": "share of judgements that choose slot 0 of the clips, and so on; near 1/k where slots are "
    "assigned at random",
    "leave_one_out": "each judgement against the mode of its trial's other judgements, ties share: what a perfect "
    "model of the group reaches at least",
    "oracle": "each trial's largest count, over all judgements: what no model can exceed",
    "percent_agreement": "mean over trials of the share of agreeing pairs of judgements",
    "fleiss_kappa": "Fleiss' kappa for unequal numbers of raters, pooled marginals",
    "krippendorff_alpha_nominal": "Krippendorff's alpha, chosen slots as nominal categories",
    "gwet_ac1": "Gwet's AC1",
    "accuracy_judgement": "mean credit of the model over judgements; ties share the credit",
    "accuracy_best_layer": "accuracy_judgement of an encoder whose layer is chosen on other trials (10 folds); `model` "
    "is the encoder without its layer",
    "accuracy_majority": "the same over trials in which more than half of the judgements agree",
    "accuracy_unanimous": "the same over trials with at least 3 judgements that are all equal",
    "model_relative": "how far the model goes from chance (0) to leave-one-out consistency (1)",
    "log_loss_bits": "mean -log2 of the probability the model gave a judgement, softmax temperature fitted to other "
    "trials (10 folds); knowing nothing costs 1.585 bits of triads",
    "krippendorff_alpha_ordinal": "Krippendorff's alpha of ratings or ranks, ordinal",
    "krippendorff_alpha_interval": "Krippendorff's alpha of ratings, interval",
    "icc_a_1": "ICC(A,1) of ratings, where everyone rated everything",
    "icc_a_k": "ICC(A,k) of ratings, where everyone rated everything",
    "spearman_between_listeners": "Spearman's rho of two listeners' orders of the clips of a page, mean over pairs of "
    "listeners who judged all of them, then over pages",
    "kendall_w": "Kendall's coefficient of concordance of ranks, mean over pages; 1/m of m listeners who do not agree",
    "split_half": "correlation of mean ratings between random halves of the raters, Spearman-Brown corrected",
    "chance_pairwise": "pairwise accuracy of a model that knows nothing: 1/2",
    "chance_true_first": "share of contexts in which a model that knows nothing ranks the true response first",
    "suitability_pairwise_accuracy": "share of pairs of clips of a context with different mean ratings (or ranks) that "
    "the model orders the same way; its ties count half",
    "suitability_kendall_within": "Kendall's tau-b within context, mean over contexts",
    "suitability_spearman_within": "Spearman's rho within context, mean over contexts",
    "suitability_kendall_all": "Kendall's tau-b over all clips, ratings z-scored for each participant",
    "suitability_spearman_all": "Spearman's rho over all clips, ratings z-scored for each participant",
    "suitability_true_first": "share of contexts in which the model ranks (or chooses) the true response first",
    "suitability_pairwise_accuracy_one_out": "the same for single listeners against the means of the others",
    "suitability_kendall_within_one_out": "the same for single listeners against the means of the others",
    "suitability_spearman_within_one_out": "the same for single listeners against the means of the others",
    "suitability_true_first_people": "share of contexts in which single listeners rate the true response highest; "
    "or share of choices that are it",
}
