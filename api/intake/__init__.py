"""What the bot may post, and the feed of events that it may fetch."""
