"""The models themselves: encoders and their parts. Pure: neither Django nor Celery.

Importing `modeling.ml.encoders` loads no torch, so that a web server can check settings; loading an encoder does.
"""
