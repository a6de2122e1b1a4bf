"""Read files of dialogues, real ones or written on the spot."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.importers.dialogues import Options, Reading, format_called

Read = Callable[..., list[Reading]]
WriteText = Callable[..., Path]


@pytest.fixture
def read() -> Read:
    """`read("swda", path, "tier", …)`: every reading of a file or folder."""

    def do(name: str, path: Path, *tiers: str) -> list[Reading]:
        chosen = format_called(name)
        return [one for source in chosen.sources(path) for one in chosen.read(source, Options(tiers))]

    return do


@pytest.fixture
def write_text(tmp_path: Path) -> WriteText:
    """`write_text("a/b.txt", "content", encoding="utf-8")`; bytes are written as they are."""

    def write(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def faults(read: Read) -> Callable[..., list[tuple[int, str]]]:
    """`faults("swda", path)`: line and what of every fault; each must say how to mend it and leave no dialogue."""

    def do(name: str, path: Path, *tiers: str) -> list[tuple[int, str]]:
        readings = [one for one in read(name, path, *tiers) if one.faults]
        assert all(one.dialogue is None and fault.mend for one in readings for fault in one.faults)
        return [(fault.line, fault.what) for one in readings for fault in one.faults]

    return do
