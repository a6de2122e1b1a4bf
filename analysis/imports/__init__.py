"""Reading responses.csv: every fault is found before anything is stored."""
