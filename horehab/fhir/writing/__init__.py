"""How an entry of the outbox reaches the chart: once, over nobody's work, and believed only when read back."""
