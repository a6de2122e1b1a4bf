"""The report: figures as SVG, sentences with their numbers, and the page they stand on."""
