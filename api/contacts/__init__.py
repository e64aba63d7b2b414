"""Contacts: the queue, the claim, the talk, the closing."""
