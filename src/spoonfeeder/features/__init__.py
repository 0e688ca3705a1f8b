"""One folder per noun: router, service, schemas, and what else the noun needs."""
