"""The written form of a backchannel, whatever its capitals and punctuation."""

import re
from collections.abc import Iterator

_WORD = re.compile(r"[\w'’-]+")


def words_in(text: str) -> Iterator[str]:
    """Give the words of an utterance, lower case, without punctuation at their ends, one after another."""
    for match in _WORD.finditer(text.lower()):
        if word := match[0].strip("-'’_"):
            yield word


def form_of(text: str) -> str:
    """Return the form of an utterance: lower case, no punctuation, one space between words.

    Hyphens and apostrophes inside words stay. A remark of the transcriber stays as a word: a clip with laughter in it
    is not the plain word.

    >>> form_of("Uh-huh."), form_of("Oh,  yeah --"), form_of("<Laughter> That's right!")
    ('uh-huh', 'oh yeah', "laughter that's right")
    """
    return " ".join(words_in(text))
