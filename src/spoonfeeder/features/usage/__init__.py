"""What calls to models cost, and how much they may cost."""
