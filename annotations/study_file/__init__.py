"""Reading `study.yaml`: from the file as written to a definition that is checked and complete."""
