"""Other systems: the JSON API with its keys, and the webhook."""
