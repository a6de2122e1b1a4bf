"""The `channel` column."""

import pytest

from corpus.audio import parse_channel
from corpus.audio.channels import channel_fault


@pytest.mark.parametrize(
    ("text", "channel"),
    [("", None), ("  ", None), ("1", 1), ("2", 2), ("a", 1), ("A", 1), ("L", 1), ("B", 2), ("r", 2), ("12", 12)],
)
def test_numbers_and_letters_name_channels(text, channel):
    assert parse_channel(text) == channel


@pytest.mark.parametrize("text", ["0", "-1", "1.0", "C", "left", "²", "1 2", "99999999999"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="names no channel"):
        parse_channel(text)


@pytest.mark.parametrize(("channel", "channels"), [(None, 1), (None, 2), (1, 1), (1, 2), (2, 2), (7, 8)])
def test_a_channel_that_is_there_is_no_fault(channel, channels):
    assert channel_fault(channel, channels) is None


@pytest.mark.parametrize(
    ("channel", "channels", "what", "mend"),
    [
        (2, 1, "channel 2 was asked for, and the file has one channel", "Leave the column empty"),
        (3, 2, "channel 3 was asked for, and the file has 2 channels", "Give a number from 1 to 2, or A, B, L, R"),
        (None, 6, "the file has 6 channels, and listeners hear at most two", "Name one of them, 1 to 6"),
    ],
)
def test_a_channel_that_is_not_there_says_what_is(channel, channels, what, mend):
    fault = channel_fault(channel, channels)

    assert (fault.what, fault.mend, fault.column) == (what, mend, "channel")
