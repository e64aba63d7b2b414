"""Hours, the shift page, hand-over, breaks, and what a supervisor must decide."""
