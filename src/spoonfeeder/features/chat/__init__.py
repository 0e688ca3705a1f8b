"""Chats: questions to models and their answers, whole or as they come."""
