"""Alerts outside the console, without content."""
