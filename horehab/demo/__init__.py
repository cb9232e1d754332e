"""The published patients and a synthetic ward, played day by day: a story to look at, no evidence of accuracy."""
