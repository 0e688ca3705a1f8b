"""What people did that somebody may have to look up later."""
