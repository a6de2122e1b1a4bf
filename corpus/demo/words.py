"""The eight word forms: how each is spoken and what it means as a response."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word form.

    `token` as written; `spoken` for espeak-ng (`[[...]]` are its phonemes); `news`: how far it marks what was said as
    new; `agreement`: how far it goes along with it; both -2..2, planted by us after what the literature on response
    tokens says in words, not measured. `breath` is the gain in dB of its voiceless parts.
    """

    token: str
    spoken: str
    news: float
    agreement: float
    breath: float = 0.0

    @property
    def slug(self) -> str:
        """The token as part of a stimulus id and a file name."""
        return self.token.replace("-", "")


WORDS = (
    Word("mhm", "[[m-h'm-]]", news=-1.6, agreement=0.2, breath=-9.0),
    Word("uh-huh", "uh-huh", news=-1.3, agreement=0.4),
    Word("yeah", "yeah", news=-0.6, agreement=1.6),
    Word("right", "right", news=-0.3, agreement=1.3),
    Word("okay", "okay", news=0.2, agreement=0.9),
    Word("really", "really", news=1.5, agreement=-1.6),
    Word("wow", "wow", news=1.7, agreement=-0.5),
    Word("oh", "oh", news=1.1, agreement=-1.0),
)
