"""What changes a study or its participants: keyword-only functions, each one transaction. Import from the modules."""
