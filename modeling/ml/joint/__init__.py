"""Stage 2: contexts and backchannels in one space (docs/joint.md). Pure: neither Django nor Celery.

Where things are
----------------
``settings``: what a run is asked for; ``items``, ``checks``, ``files``: the cached embeddings and how they are stored
``projections``: the two maps; ``loss``: symmetric InfoNCE; ``reading``: batches; ``training``: the loop
``checkpoint``: what is on disk; ``baselines``: what the trained space is compared with; ``sweep``: many runs, one table
"""
