"""Cells of `stimuli.csv`: what they mean, and every way in which one can be wrong."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.importers.stimuli import COLUMNS, read_stimuli

HEADER = ",".join(COLUMNS)


def one(write_sheet, **cells):
    """Read a sheet with one row, which is fit but for `cells`."""
    fit = {"stimulus": "a", "path": "a.wav", "role": "backchannel"} | cells
    return read_stimuli(write_sheet(HEADER, ",".join(fit.get(name, "") for name in COLUMNS)))


def told(sheet):
    return [(fault.line, fault.column, fault.what) for fault in sheet.faults]


def test_a_row_is_read(clip_set):
    sheet = read_stimuli(clip_set)
    first, _, third, context = sheet.rows

    assert sheet.faults == ()
    assert (first.line, first.stimulus, first.role, first.token) == (2, "mhm_1", "backchannel", "mhm")
    assert (first.path, first.file) == ("clips/a.wav", clip_set.parent / "clips" / "a.wav")
    assert (first.speaker, first.dialogue, first.channel, first.start, first.end) == ("A", "sw1", None, 1.5, 1.8)
    assert (first.attributes, context.attributes) == ({"emotion": "bored"}, {})
    assert (third.channel, third.start) == (2, 0.0)
    assert context.transcript == '<A> well, I "live" alone'


def test_three_columns_are_enough(write_sheet):
    sheet = read_stimuli(write_sheet("role,stimulus,path", "context,a,a.wav"))

    assert sheet.faults == ()
    assert sheet.rows[0].start is None


@pytest.mark.parametrize(
    ("cells", "column", "what"),
    [
        ({"stimulus": ""}, "stimulus", "the id is empty"),
        ({"stimulus": "a b"}, "stimulus", "the id 'a b' has a space in it"),
        ({"stimulus": "a\u00a0b"}, "stimulus", "the id 'a\\xa0b' has a space in it"),
        ({"stimulus": "a" * 121}, "stimulus", "121 characters are too many"),
        ({"path": ""}, "path", "the path is empty"),
        ({"path": "/etc/passwd"}, "path", "'/etc/passwd' is an absolute path"),
        ({"path": "C:\\clips\\a.wav"}, "path", "'C:\\\\clips\\\\a.wav' is an absolute path"),
        ({"path": "clips\\a.wav"}, "path", "there is no file 'clips\\\\a.wav'"),
        ({"path": "../a.wav"}, "path", "'../a.wav' leads outside the CSV's folder"),
        ({"path": "x/../../a.wav"}, "path", "'x/../../a.wav' leads outside the CSV's folder"),
        ({"role": ""}, "role", "the role is empty"),
        ({"role": "Backchannel"}, "role", "the role is 'Backchannel'"),
        ({"token": "m" * 81}, "token", "81 characters are too many"),
        ({"channel": "C"}, "channel", "'C' names no channel"),
        ({"channel": "0"}, "channel", "'0' names no channel"),
        ({"start": "1.2.3"}, "start", "'1.2.3' is not a number"),
        ({"start": "nan"}, "start", "'nan' is not a number"),
        ({"start": "1_0"}, "start", "'1_0' is not a number"),
        ({"start": "1e999"}, "start", "'1e999' is not a number"),
        ({"end": "٣"}, "end", "'٣' is not a number"),
        ({"start": "-0.1"}, "start", "-0.1 s is before the dialogue begins"),
        ({"start": "2", "end": "2"}, "end", "the end, 2 s, is not after the start, 2 s"),
        ({"start": "2", "end": "1.5"}, "end", "the end, 1.5 s, is not after the start, 2 s"),
    ],
)
def test_a_cell_that_cannot_be_used(write_sheet, cells, column, what):
    assert told(one(write_sheet, **cells)) == [(2, column, what)]


@pytest.mark.parametrize(("text", "seconds"), [("0", 0.0), ("-0", 0.0), ("1.", 1.0), (".5", 0.5), ("1e-2", 0.01)])
def test_numbers(write_sheet, text, seconds):
    (row,) = one(write_sheet, start=text).rows

    assert str(row.start) == str(seconds)


def test_a_link_that_leads_out_of_the_folder(write_sheet, write_sound, tmp_path):
    outside = write_sound("outside.wav")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.wav").symlink_to(outside)
    (tmp_path / "set" / "round").symlink_to("round")

    assert told(one(write_sheet)) == [(2, "path", "'a.wav' leads outside the CSV's folder")]
    ((line, column, what),) = told(one(write_sheet, path="round/a.wav"))
    assert (line, column) == (2, "path")
    assert what.startswith("'round/a.wav' leads nowhere (")


def test_a_link_inside_the_folder_and_a_path_that_comes_back(write_sheet, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.wav").symlink_to("b.wav")

    assert told(one(write_sheet)) == []
    assert one(write_sheet, path="x/../b.wav").rows[0].file == tmp_path / "set" / "b.wav"


def test_ids_given_twice_name_the_first_line(write_sheet):
    rows = ["a,a.wav,context", "b,b.wav,context", "a,c.wav,context", "a,,context"]
    sheet = read_stimuli(write_sheet("stimulus,path,role", *rows))

    assert told(sheet) == [
        (5, "path", "the path is empty"),
        (4, "stimulus", "'a' is the id of line 2 already"),
        (5, "stimulus", "'a' is the id of line 2 already"),
    ]


def test_all_faults_of_a_row_are_told(write_sheet):
    sheet = one(write_sheet, stimulus="", role="x", start="y", channel="z")

    assert [column for _, column, _ in told(sheet)] == ["stimulus", "role", "channel", "start"]


def test_a_missing_column_is_told_once(write_sheet):
    sheet = read_stimuli(write_sheet("stimulus,role", "a,context", "b,speech"))

    assert told(sheet) == [(1, "path", "this column is missing"), (3, "role", "the role is 'speech'")]


def test_a_sheet_without_rows(write_sheet):
    assert told(read_stimuli(write_sheet(HEADER))) == [(0, "", "there are no stimuli in it")]


@given(text=st.text(alphabet='a,b"\n\r;1.-é\\/ \t\ufeff', max_size=200), header=st.booleans())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_the_file_it_is_read_or_told(tmp_path, text, header):
    path = tmp_path / "stimuli.csv"
    path.write_text((HEADER + "\n" if header else "") + text, encoding="utf-8", newline="")
    sheet = read_stimuli(path)

    assert sheet.rows or sheet.faults
    assert all(fault.what and fault.mend and fault.line >= 0 for fault in sheet.faults)
