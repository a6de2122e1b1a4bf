"""Signals that other apps listen to; sent after the transaction that they speak of has committed."""

from django.dispatch import Signal

run_finished = Signal()
"""An embedding run is complete. Arguments: `run_digest` (str)."""
