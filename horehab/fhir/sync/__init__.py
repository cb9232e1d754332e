"""What changed in the chart and what is gone from it, kind by kind, for everybody or for a scope."""
