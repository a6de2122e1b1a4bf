"""What the pages' scripts speak to: JSON in, JSON out."""
