"""What the analysis reads from the database: plain rows and arrays, each in a fixed number of queries."""
