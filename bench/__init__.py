"""What a message costs, measured beside what it is compared with."""
