"""Conversations: trees of messages whose answers go on being written whether or not anybody reads."""
