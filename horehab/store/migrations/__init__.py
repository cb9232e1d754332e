"""The steps by which the tables of our memory came to their present shape."""
