"""Which of the three is unlike the other two."""

from annotations.questions._triad import TriadKind


class OddOneOut(TriadKind):
    """One choice for each clip, in screen order.

    >>> OddOneOut().display(settings={}, language="en", presented=[2, 0, 1])["choices"][0]
    {'slot': 2, 'label': '1', 'key': 'Q'}
    """

    name = "odd_one_out"
    template = "annotations/questions/odd_one_out.html"


KIND = OddOneOut()
