"""What `kinds.item_vectors` needs: its settings, what it reads of an item, and the embedder that they name."""
