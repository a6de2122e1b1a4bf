"""Embeddings of many items, straight into a file: what embeds (`embedders`) and where it goes (`store`). Pure."""
