"""What `bench/serve.py` is made of: servers to measure, listeners to drive them with, and figures."""
