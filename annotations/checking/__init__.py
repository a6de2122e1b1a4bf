"""What would go wrong if a study went live now. Each module looks at one side of it; `check` calls all.

The checks themselves are pure: they look at `StudyFacts`, which come from a study file or from the database.
"""
