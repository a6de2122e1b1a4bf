"""Which channel of a file is meant."""

from corpus.audio.faults import AudioFault

_LETTERS = {"A": 1, "L": 1, "B": 2, "R": 2}


def parse_channel(text: str) -> int | None:
    """Return the channel, counted from 1, that a cell of a table names; None where it is empty.

    Numbers count from 1; A and L are the first channel, B and R the second.

    >>> parse_channel("B"), parse_channel("3"), parse_channel("")
    (2, 3, None)

    Raises:
        ValueError: the text names no channel.

    """
    word = text.strip().upper()
    if not word:
        return None
    if word in _LETTERS:
        return _LETTERS[word]
    if not (word.isascii() and word.isdigit() and 1 <= int(word) <= 999):
        raise ValueError(f"{text!r} names no channel")
    return int(word)


def channel_fault(channel: int | None, channels: int) -> AudioFault | None:
    """Say what is wrong with taking `channel` (None: all) of a file of `channels` channels, if anything."""
    if channel is not None and not 1 <= channel <= channels:
        has = "one channel" if channels == 1 else f"{channels} channels"
        mend = "Leave the column empty" if channels == 1 else f"Give a number from 1 to {channels}, or A, B, L, R"
        return AudioFault(f"channel {channel} was asked for, and the file has {has}", mend, "channel")
    if channel is None and channels > 2:
        what = f"the file has {channels} channels, and listeners hear at most two"
        return AudioFault(what, f"Name one of them, 1 to {channels}", "channel")
    return None
