"""The literature that the sentences about methods name, by how they name it."""

import re
from collections.abc import Iterable

REFERENCES = {
    "Cameron, Gelbach & Miller 2011": "Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011). Robust inference with "
    "multiway clustering. Journal of Business & Economic Statistics, 29(2), 238–249.",
    "Dawid & Skene 1979": "Dawid, A. P., & Skene, A. M. (1979). Maximum likelihood estimation of observer error-rates "
    "using the EM algorithm. Applied Statistics, 28(1), 20–28.",
    "Efron 1987": "Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical "
    "Association, 82(397), 171–185.",
    "Fleiss 1971": "Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin, "
    "76(5), 378–382.",
    "Good 2005": "Good, P. (2005). Permutation, parametric and bootstrap tests of hypotheses (3rd ed.). Springer.",
    "Gower 1975": "Gower, J. C. (1975). Generalized Procrustes analysis. Psychometrika, 40(1), 33–51.",
    "Gwet 2008": "Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high "
    "agreement. British Journal of Mathematical and Statistical Psychology, 61(1), 29–48.",
    "Holm 1979": "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of "
    "Statistics, 6(2), 65–70.",
    "ITU-R BS.1770": "ITU-R (2023). Recommendation BS.1770-5: Algorithms to measure audio programme loudness and "
    "true-peak audio level. International Telecommunication Union.",
    "Jackson 1995": "Jackson, D. A. (1995). PROTEST: A PROcrustean randomization TEST of community environment "
    "concordance. Écoscience, 2(3), 297–303.",
    "Kendall & Babington Smith 1939": "Kendall, M. G., & Babington Smith, B. (1939). The problem of m rankings. The "
    "Annals of Mathematical Statistics, 10(3), 275–287.",
    "Krippendorff 2019": "Krippendorff, K. (2019). Content analysis: An introduction to its methodology (4th ed.). "
    "Sage.",
    "McGraw & Wong 1996": "McGraw, K. O., & Wong, S. P. (1996). Forming inferences about some intraclass correlation "
    "coefficients. Psychological Methods, 1(1), 30–46.",
    "Milne et al. 2021": "Milne, A. E., Bianco, R., Poole, K. C., Zhao, S., Oxenham, A. J., Billig, A. J., & Chait, M. "
    "(2021). An online headphone screening test based on dichotic pitch. Behavior Research Methods, 53, 1551–1562.",
    "Nili et al. 2014": "Nili, H., Wingfield, C., Walther, A., Su, L., Marslen-Wilson, W., & Kriegeskorte, N. (2014). "
    "A toolbox for representational similarity analysis. PLoS Computational Biology, 10(4), e1003553.",
    "Owen 2007": "Owen, A. B. (2007). The pigeonhole bootstrap. The Annals of Applied Statistics, 1(2), 386–411.",
    "Stone 1974": "Stone, M. (1974). Cross-validatory choice and assessment of statistical predictions. Journal of the "
    "Royal Statistical Society B, 36(2), 111–147.",
    "Terada & von Luxburg 2014": "Terada, Y., & von Luxburg, U. (2014). Local ordinal embedding. Proceedings of the "
    "31st International Conference on Machine Learning, PMLR 32(2), 847–855.",
    "Torgerson 1952": "Torgerson, W. S. (1952). Multidimensional scaling: I. Theory and method. Psychometrika, 17(4), "
    "401–419.",
    "Woods et al. 2017": "Woods, K. J. P., Siegel, M. H., Traer, J., & McDermott, J. H. (2017). Headphone screening to "
    "facilitate web-based auditory experiments. Attention, Perception, & Psychophysics, 79, 2064–2072.",
}


def named_in(texts: Iterable[str]) -> list[str]:
    """Return the references that the texts name, in alphabetical order."""
    said = re.sub(r"\s+", " ", " ".join(texts))
    return [reference for name, reference in REFERENCES.items() if name in said]
