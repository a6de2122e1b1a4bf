"""Readers of the files that data come in: one module for each format. They read and check; services store."""
