"""Django's SQLite, with writers who queue instead of trying again and again."""
