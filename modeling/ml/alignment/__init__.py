"""A transform of fixed embeddings fitted to people's triads: reported as fitted, never among zero-shot scores."""
