"""What is read from the database. Import from the modules."""
