"""Figures of the helpline, as pages, plots and files."""
