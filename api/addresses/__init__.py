"""Addresses that were reported: how they are read, their lives and both clocks."""
