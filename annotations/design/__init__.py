"""Planning trials from a seed. Pure: neither Django nor a database."""
