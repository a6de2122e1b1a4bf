"""Studies, trials, participants and their answers: the listening tasks."""
