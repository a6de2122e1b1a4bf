"""The map that people's judgements alone make: ordinal embedding of triads (docs/joint.md)."""
