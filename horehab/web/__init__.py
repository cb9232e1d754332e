"""What people see: pages in plain HTML, made by a function that is given the ports."""
