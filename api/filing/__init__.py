"""What leaves the helpline for hotlines, platforms and police, and what came of it."""
