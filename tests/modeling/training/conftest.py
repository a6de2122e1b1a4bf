"""A corpus of invented dialogues, and a folder for what is trained on it."""

from pathlib import Path
from typing import Any

import pytest
import torch

from corpus.models import Corpus
from tests.modeling.training.talking import talk_corpus


@pytest.fixture
def talk(db: None, settings: Any, tmp_path: Path) -> Corpus:
    torch.set_num_threads(1)
    settings.MODELS_ROOT = tmp_path / "models"
    return talk_corpus(tmp_path)
