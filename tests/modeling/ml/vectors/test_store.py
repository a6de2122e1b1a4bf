"""Vectors in a file: gone on with, refused where they are of something else, within memory."""

import json
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modeling.ml.joint.errors import ItemsError
from modeling.ml.vectors.embedders import FormEmbedder
from modeling.ml.vectors.filling import fill
from modeling.ml.vectors.store import VectorStore, open_vectors

ABOUT = {"space": "a"}


class Watching:
    """Stops after so many items."""

    def __init__(self, most: int = 10**9) -> None:
        self.done, self.most = 0, most

    def at(self, *, step: int, total: int, speed: float | None = None) -> None:
        self.done = step

    def saved(self, step: int) -> None:
        assert step == self.done

    def stop(self) -> bool:
        return self.done >= self.most


class Numbers:
    """Embeds a number as itself and its double."""

    batch, width, space, versions = 4, 2, "a", {"numbers": "1"}

    def embed(self, contents: Any) -> np.ndarray:
        return np.array([(x, 2 * x) for x in contents], dtype=np.float32)


CONTENTS = [None if x % 5 == 3 else x for x in range(10)]


def store(folder: Path, **changes: Any) -> VectorStore:
    return VectorStore(folder, n=10, width=2, about=ABOUT | changes)


def test_a_store_goes_on_where_it_was_left(tmp_path: Path) -> None:
    assert not fill(store(tmp_path), CONTENTS, Numbers(), Watching(4))
    with pytest.raises(ItemsError, match="holds no whole item vectors"):
        open_vectors(tmp_path)
    second = store(tmp_path)
    assert second.done == 4
    assert fill(second, CONTENTS[second.done :], Numbers(), Watching())
    card = second.close(versions={}, further={})
    vectors, present, read = open_vectors(tmp_path)
    assert read == json.loads(json.dumps(card))
    assert card["left_out"] == 2
    assert present.tolist() == [content is not None for content in CONTENTS]
    assert vectors[:, 1].tolist() == [2 * (content or 0) for content in CONTENTS]
    assert store(tmp_path).done == 10


def test_others_are_refused(tmp_path: Path) -> None:
    fill(store(tmp_path), CONTENTS, Numbers(), Watching(4))
    with pytest.raises(ItemsError, match="space was 'a' and is 'b'"):
        store(tmp_path, space="b")


def test_what_nothing_can_be_learned_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ItemsError, match="Item 2: not all numbers of its vector are finite"):
        fill(store(tmp_path), [0, None, float("nan")], Numbers(), Watching())
    with pytest.raises(ItemsError, match="0 of 10 items are embedded"):
        store(tmp_path).close(versions={}, further={})


def test_many_items_need_no_more_memory_than_a_batch(tmp_path: Path) -> None:
    forms = [f"form {number}" for number in range(255)]
    embedder = FormEmbedder(forms)
    n = 40_000  # 41 MB of vectors

    def contents() -> Iterator[str]:
        return (forms[number % 300 % 255] for number in range(n))

    filled = VectorStore(tmp_path, n=n, width=embedder.width, about=ABOUT)
    tracemalloc.start()
    fill(filled, contents(), embedder, Watching())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * embedder.batch * embedder.width * 4
    assert filled.done == n


def test_what_is_stored_leaves_the_memory(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, n=20_000, width=1024, about={})  # 78 MiB
    vectors, there = np.ones((1000, 1024), np.float32), np.ones(1000, bool)
    before = resident_mib()
    for _ in range(20):
        store.add(vectors, there)
        store.save()
    assert resident_mib() - before < 25
    store.close(versions={}, further={})
    assert open_vectors(tmp_path)[0].sum(axis=1).min() == 1024


def resident_mib() -> float:
    found = re.search(r"VmRSS:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024
