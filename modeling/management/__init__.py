"""Management of this app."""
