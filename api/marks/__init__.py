"""What staff tell the triage: false alarms, misses, and the words that they release."""
