"""What is known of a joint goes in, a verdict comes out: pure, numpy at most, the same answer on every machine."""
