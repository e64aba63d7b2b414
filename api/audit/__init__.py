"""Who did what, and who read what: a chain that only grows."""
