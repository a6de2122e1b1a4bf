"""What models compute: embedding runs with their vectors, training runs with their curves."""

from modeling.models.embedding import Embedding, EmbeddingRun
from modeling.models.leased import LeasedRun
from modeling.models.training import TrainingPoint, TrainingRun

__all__ = ["Embedding", "EmbeddingRun", "LeasedRun", "TrainingPoint", "TrainingRun"]
