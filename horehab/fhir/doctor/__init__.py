"""What a server is and can, found out without changing anything there."""
