"""Closed contacts: looked up, reviewed for quality, opened again."""
