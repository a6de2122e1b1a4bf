"""Items in a folder: one NumPy file for each array, mapped into memory when read, and a card that names them.

arrays = create(folder, n=100_000, widths={"backchannel": 1024, "context text": 4096})
arrays["backchannel"][start:stop] = …   # embeddings go straight to the file, batch by batch
seal(folder, clip=…, form=…, dialogue=…, speaker=…, split=…, sources={…})
items = open_items(folder)
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from modeling.ml.joint.checks import check
from modeling.ml.joint.errors import ItemsError
from modeling.ml.joint.items import Items, Numbers, Vectors

FORMAT = "bcstudy items 1"
CARD = "items.json"
PREFIX = "context "


def create(folder: Path, *, n: int, widths: Mapping[str, int]) -> dict[str, Vectors]:
    """Make files for n vectors of each width; return them mapped and writable, float32.

    They have the names of `Items.vectors`. The folder holds no items until it is sealed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD).unlink(missing_ok=True)
    return {
        name: np.lib.format.open_memmap(_path(folder, name), mode="w+", dtype=np.float32, shape=(n, width))
        for name, width in widths.items()
    }


def seal(
    folder: Path,
    *,
    clip: Numbers,
    form: Numbers,
    dialogue: Numbers,
    speaker: Numbers,
    split: Numbers,
    sources: Mapping[str, str],
) -> Items:
    """Write numbers and card beside the vectors of `create`, check everything and return the items."""
    for name, numbers in (
        ("clip", clip), ("form", form), ("dialogue", dialogue), ("speaker", speaker), ("split", split)
    ):  # fmt: skip
        np.save(_path(folder, name), np.asarray(numbers, dtype=np.int64))
    context = sorted(path.stem.removeprefix(PREFIX) for path in folder.glob(f"{PREFIX}*.npy"))
    card = {"format": FORMAT, "context": context, "sources": dict(sources)}
    items = _mapped(folder, card)
    check(items)
    write_json(folder / CARD, card)
    return items


def open_items(folder: Path) -> Items:
    """Return the items in a folder, their vectors mapped. Raises `ItemsError` where it holds none or a part."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ItemsError(f"{folder / CARD} cannot be read: {error}.", "Make the items again.") from error
    if card.get("format") != FORMAT:
        raise ItemsError(f"{folder} is in the format {card.get('format')!r}, not {FORMAT!r}.", "Make the items again.")
    return _mapped(folder, card)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file so that a reader finds the old one or the new one, never half of it."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=1, ensure_ascii=False, allow_nan=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _mapped(folder: Path, card: Mapping[str, Any]) -> Items:
    def array(name: str) -> Any:
        path = _path(folder, name)
        try:
            return np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ItemsError(f"{path} cannot be read: {error}.", "Make the items again.") from error

    return Items(
        backchannel=array("backchannel"),
        context={name: array(f"{PREFIX}{name}") for name in card["context"]},
        sources=card["sources"],
        **{name: np.array(array(name)) for name in ("clip", "form", "dialogue", "speaker", "split")},
    )


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"
