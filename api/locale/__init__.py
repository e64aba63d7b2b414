"""The words of the console in each language; msgids are English."""
