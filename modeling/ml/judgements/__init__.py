"""People's judgements as training gets them: checked and frozen under their digest (docs/joint.md)."""
