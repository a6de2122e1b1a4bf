"""Files that go out: each table as rows of text, the folder they lie in, and the manifest that vouches for them."""
