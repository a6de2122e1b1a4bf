"""Whatever is in a file, a reader gives dialogues or faults and raises nothing."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.importers.dialogues import Options, format_called

WHOLE = {
    "swda": "A|Okay.|b\nB|So, we moved.|sd\n",
    "swbd-timed": 'Speaker: 45A\n(1:0:1)\t1.5\t2.5\tyour\tUH\t<e/><diact type="b"/>\nSpeaker: 45B\n'
    '(1:0:1)\t3\t4\tturn\tUH\t<e/><diact type="sd"/>\n',
    "fisher": "# a\n1.5 2.5 A: oh ((yes))\n3 4 B: well\n",
    "csv": 'dialogue,speaker,start,end,text\nd,A,1,2,"oh, yes"\nd,B,3,4,well\n',
    "jsonl": json.dumps(
        {"dialogue": "d", "turns": [{"speaker": "A", "words": [{"word": "oh", "start": 1, "end": 2}]}]}
    ),
    "textgrid": 'File type = "ooTextFile"\nObject class = "TextGrid"\n'
    '0 9 <exists> 1\n"IntervalTier" "A" 0 9 1\n0 1 "oh"\n',
    "eaf": '<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="1"/><TIME_SLOT TIME_SLOT_ID="b" '
    'TIME_VALUE="2"/></TIME_ORDER><TIER TIER_ID="A"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="x" '
    'TIME_SLOT_REF1="a" TIME_SLOT_REF2="b"><ANNOTATION_VALUE>oh</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>'
    "</ANNOTATION></TIER></ANNOTATION_DOCUMENT>",
}
ENDINGS = {"textgrid": ".TextGrid", "eaf": ".eaf", "jsonl": ".jsonl", "csv": ".csv"}
_PUT_IN = st.one_of(
    st.binary(max_size=3), st.sampled_from([b"", b'"', b"0", b"-1", b"1e999", b"\n", b"\t", b"null", b"<"])
)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_what_is_whole_is_read(name, write_text):
    path = write_text("d" + ENDINGS.get(name, ".txt"), WHOLE[name])
    (source,) = format_called(name).sources(path.parent)

    assert all(one.dialogue and one.dialogue.turns for one in format_called(name).read(source, Options()))


@pytest.mark.parametrize("name", sorted(WHOLE))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_damaged_gives_faults(name, write_text, data):
    whole = WHOLE[name].encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 12, len(whole))))
    damaged = whole[:start] + data.draw(_PUT_IN) + whole[end:]
    path = write_text("d" + ENDINGS.get(name, ".txt"), damaged)
    (source,) = format_called(name).sources(path)
    readings = list(format_called(name).read(source, Options()))

    assert readings
    assert all((one.dialogue is None) == bool(one.faults) for one in readings)
