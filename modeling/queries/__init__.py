"""What can be asked about embedding runs."""
