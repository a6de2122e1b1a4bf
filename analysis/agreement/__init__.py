"""From answers and predictions to the rows of agreement.csv: which judgements, which statistics, which names."""
