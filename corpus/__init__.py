"""Recordings, dialogues and stimuli: where the data come in."""
