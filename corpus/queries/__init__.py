"""Questions to the database about corpora."""
