"""CSV files: RFC 4180, encodings, and what is wrong with a file, by line."""

import pytest

from corpus.importers.table import read_table


def read(tmp_path, content, required=("a", "b")):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    return read_table(path, required=required)


def told(table):
    return [(fault.line, fault.column, fault.what) for fault in table.faults]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"a,b\n1,2\n3,4\n", id="plain"),
        pytest.param(b"a,b\r\n1,2\r\n3,4\r\n", id="CRLF"),
        pytest.param(b"a,b\n1,2\n3,4", id="no end of line at the end"),
        pytest.param(b"\xef\xbb\xbfa,b\n1,2\n3,4\n", id="byte order mark"),
        pytest.param(b'"a","b"\n"1","2"\n"3","4"\n', id="quoted"),
        pytest.param(b" a , b \n 1 , 2 \n3,4\n", id="spaces around"),
        pytest.param(b"a,b,\n1,2,\n3,4,\n", id="an empty column at the right"),
        pytest.param(b"a,b\n1,2\n3,4\n,\n", id="an empty row of a spreadsheet"),
    ],
)
def test_dialects_of_the_same_table(tmp_path, content):
    table = read(tmp_path, content)

    assert table.faults == []
    assert table.columns == ("a", "b")
    assert [row.cells for row in table.rows if any(row.cells.values())] == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_lines_are_counted_through_empty_lines_and_quoted_breaks(tmp_path):
    table = read(tmp_path, b'a,b\n\n"one\ntwo\nthree",2\n\n3,"4"\n')

    assert [(row.line, row.cells["a"]) for row in table.rows] == [(3, "one\ntwo\nthree"), (7, "3")]


def test_quotes_and_commas_inside_cells(tmp_path):
    table = read(tmp_path, 'a,b\n"say ""mhm"", twice",é–ñ\n'.encode())

    assert table.rows[0].cells == {"a": 'say "mhm", twice', "b": "é–ñ"}


def test_every_line_that_is_not_utf8_is_named_and_the_rest_is_checked_too(tmp_path):
    table = read(tmp_path, "a,b\n1,2\né,4\n5\nå,ö\n".encode("latin-1"))

    assert told(table) == [
        (3, "", "byte 1 of the line is not UTF-8"),
        (5, "", "byte 1 of the line is not UTF-8"),
        (4, "", "the row has 1 cells and the header 2"),
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16(tmp_path, encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")

    assert told(read(tmp_path, mark + "a,b\n1,2\n".encode(encoding))) == [(0, "", "this is UTF-16")]


def test_a_missing_file_and_a_folder(tmp_path):
    for path, why in ((tmp_path / "none.csv", "No such file or directory"), (tmp_path, "Is a directory")):
        assert told(read_table(path, required=["a"])) == [(0, "", f"cannot be opened ({why})")]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file(tmp_path, content):
    assert told(read(tmp_path, content)) == [(0, "", "the file is empty")]


def test_missing_columns_say_what_they_may_be_called(tmp_path):
    table = read(tmp_path, b"A,c\n1,2\n")

    assert [(fault.column, fault.mend) for fault in table.faults] == [
        ("a", "Rename 'A' to 'a'"),
        ("b", "Add it to the header"),
    ]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_separator_is_named(tmp_path, mark):
    table = read(tmp_path, f"a{mark}b\n1{mark}2\n".encode())

    assert {fault.mend for fault in table.faults} == {
        f"Separate the columns with commas; this file seems to use {mark!r}"
    }


def test_columns_named_twice_and_cells_without_a_column(tmp_path):
    table = read(tmp_path, b"a,b,a,\n1,2,3,\n1,2,3,4\n")

    assert told(table) == [
        (1, "a", "the header names this column twice"),
        (3, "", "a cell has no column name above it"),
    ]


def test_short_and_long_rows(tmp_path):
    table = read(tmp_path, b"a,b\n1\n1,2,3\n1,2\n")

    assert told(table) == [
        (2, "", "the row has 1 cells and the header 2"),
        (3, "", "the row has 3 cells and the header 2"),
    ]
    assert [row.line for row in table.rows] == [4]


@pytest.mark.parametrize("content", [b'a,b\n1,2\n"x"y,2\n3,4\n', b'a,b\n1,2\n3,"never closed\n5,6\n'])
def test_a_quote_that_does_not_close_stops_the_reading_where_it_opens(tmp_path, content):
    table = read(tmp_path, content)

    ((line, _, what),) = told(table)
    assert line == 3
    assert what.startswith("the line cannot be read (")


def test_a_nul_character(tmp_path):
    assert (2, "", "there is a NUL character in it") in told(read(tmp_path, b"a,b\n1\0,2\n"))
