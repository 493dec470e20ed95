"""Sign-flip permutation tests, exact at any size.

Within a block the order of the two trials is drawn at random. If the variants do not differ, the
sign of a block's log-ratio is therefore a fair coin whatever the noise looks like, and every one
of the 2^n ways to flip the signs was as likely as the one observed. That is R. A. Fisher's
randomisation test (The Design of Experiments, 1935, chapter III); with ranks in place of the values
it is Wilcoxon's signed-rank test (Biometrics Bulletin 1, 1945).
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray


def sign_flip_p(signed_scores: Sequence[int]) -> float:
    """Two-sided p value of the sum of whole-numbered scores, over all 2^n flips of their signs.

    Scores of zero have no sign and say nothing. The observed signs are one of the flips, so the
    value is never 0; without a score it is 1. All flips are counted, not sampled: the distribution
    of the positive sum is built up score by score, which takes n times its range of steps.
    """
    sizes = [abs(score) for score in signed_scores if score]
    chances = _positive_sum_chances(sizes)
    observed = sum(score for score in signed_scores if score > 0)
    centre = sum(sizes) / 2
    as_far = np.abs(np.arange(len(chances)) - centre) >= abs(observed - centre)
    return min(1.0, float(chances[as_far].sum()))


def signed_rank_p(values: Sequence[float]) -> float:
    """Two-sided p value of Wilcoxon's signed-rank test, ties and zeros included.

    Equal sizes share the mean of their ranks (doubled here, so that all scores are whole). Zeros
    are ranked and then left out (J. W. Pratt, JASA 54, 1959).
    """
    _, place, counts = np.unique(np.abs(values), return_inverse=True, return_counts=True)
    doubled_ranks = (2 * np.cumsum(counts) - counts + 1)[place]
    signs = np.sign(values).astype(int)
    return sign_flip_p([int(score) for score in signs * doubled_ranks])


@cache
def limit_rank(count: int, confidence: float) -> int:
    """Which Walsh average, counted from either end, limits the interval; 0 if none does.

    The largest k for which at most (1 - confidence) / 2 of all sign flips have a rank sum below k
    (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3rd edition 2014, 3.3).
    """
    below = np.cumsum(_positive_sum_chances(range(1, count + 1)))
    return int(np.searchsorted(below, (1 - confidence) / 2 * (1 + 1e-12), side="right"))


def exact_coverage(count: int, rank: int) -> float:
    """How often the interval between the two Walsh averages of that rank holds the centre."""
    return 1 - 2 * float(_positive_sum_chances(range(1, count + 1))[:rank].sum())


def least_count(confidence: float) -> int:
    """The fewest blocks from which an interval of this confidence can exist at all.

    The most extreme of the 2^n flips and its mirror image have probability 2 / 2^n together: six
    blocks for 95 %, whatever the statistic.
    """
    count = 1
    while 2.0 ** (1 - count) > (1 - confidence) * (1 + 1e-12):
        count += 1
    return count


def _positive_sum_chances(scores: Sequence[int]) -> NDArray[np.float64]:
    """Probability of each sum (the index) of the scores whose coin shows heads."""
    chances = np.ones(1)
    for score in scores:
        heads = np.concatenate([np.zeros(score), chances])
        chances = (np.pad(chances, (0, score)) + heads) / 2
    return chances
