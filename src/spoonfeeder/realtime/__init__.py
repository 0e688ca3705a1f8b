"""What browsers are told live: typed events, the Redis bus that carries them, and the newest progress of a run."""
