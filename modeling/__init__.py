"""Encoders and embedding runs: what models hear."""
