"""The frame of the console: base page, language, static files, live stream."""
