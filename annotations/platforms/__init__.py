"""Files of recruiting platforms, read as they come. Nothing of them is stored. Import from the modules."""
