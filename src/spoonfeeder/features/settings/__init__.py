"""Provider settings: one key for each provider, as clients that know no profiles keep them."""
