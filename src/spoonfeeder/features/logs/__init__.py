"""What was asked of the server, and looking it up: the API log is written here, the audit log only shown."""
