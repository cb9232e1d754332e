"""A file per resource, both directions side by side: what the ward needs of it, and how we write it."""
