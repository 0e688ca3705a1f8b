"""The models of all profiles, and what an Ollama has and holds in memory."""
