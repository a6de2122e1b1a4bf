"""The written form of a backchannel, whatever its capitals and punctuation."""

import re

_BETWEEN = re.compile(r"[^\w'’-]+")


def form_of(text: str) -> str:
    """Return the form of an utterance: lower case, no punctuation, one space between words.

    Hyphens and apostrophes inside words stay. A remark of the transcriber stays as a word: a clip with laughter in it
    is not the plain word.

    >>> form_of("Uh-huh."), form_of("Oh,  yeah --"), form_of("<Laughter> That's right!")
    ('uh-huh', 'oh yeah', "laughter that's right")
    """
    words = _BETWEEN.sub(" ", text.lower()).split()
    stripped = (word.strip("-'’_") for word in words)
    return " ".join(word for word in stripped if word)
