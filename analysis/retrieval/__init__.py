"""Retrieval of backchannels by trained spaces and by what they are compared with (METHODS, Retrieval).

`models`: every model's ranks on one pool; `figures`: estimates with intervals, and paired differences; `text`: the
tables as files; `picture`: the dots.
"""
