"""A Windows machine made of Python."""
