"""Models small enough to run in every test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.modeling.tiny import save_tiny_wavlm


@pytest.fixture(scope="session")
def tiny_wavlm(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return the folder of a tiny model of that shape, made once a session."""
    made: dict[tuple[Any, ...], Path] = {}

    def folder(shape: str = "base", **options: Any) -> Path:
        key = (shape, *sorted(options.items()))
        if key not in made:
            made[key] = save_tiny_wavlm(tmp_path_factory.mktemp(f"wavlm-{shape}"), shape=shape, **options)
        return made[key]

    return folder
