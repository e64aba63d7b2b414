"""Cases: the longer work that contacts belong to."""
