"""What can be done with embedding runs."""
