"""Template tags of the listener's pages."""
