"""Ready-made replies per category and language."""
