"""What horehab does, one verb per file: read, decide, write."""
