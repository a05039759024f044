"""What a run came to: as values, as JSON, and as one HTML page."""
