"""Listeners one by one: how well each listens, and what leaving some out would change. Nobody is excluded by it."""
