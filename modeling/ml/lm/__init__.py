"""Stage 1: a causal language model fine-tuned on dialogues, and what it says of backchannels and their contexts.

Pure. Importing this package or `settings` loads no torch, so that a web process can check settings.
"""
