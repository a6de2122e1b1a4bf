"""Signals that other apps listen to; sent after the transaction that they speak of has committed."""

from django.dispatch import Signal

version_planned = Signal()
"""A study version and its trials are stored. Arguments: `version_pk` (int)."""

response_recorded = Signal()
"""An answer of a participant is stored. Arguments: `version_pk` (int), `kind` (str), `page` (int, from 0)."""
