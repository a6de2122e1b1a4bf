"""Predictions, agreement, reports and exports: who agrees with whom."""
