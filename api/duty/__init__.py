"""Who is on duty, and how long an answer usually takes."""
