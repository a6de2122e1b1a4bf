"""WavLM on batches of clips: the same numbers as one clip at a time, sooner (Chen et al. 2022, arXiv 2110.13900)."""
