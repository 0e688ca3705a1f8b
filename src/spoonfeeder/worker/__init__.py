"""The worker process: answers the doorbell, claims rows and sees them to their end."""
