"""What children learned, counted over everybody: figures from the bot, a page and a file."""
