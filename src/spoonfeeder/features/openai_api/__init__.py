"""OpenAI's own API in front of every provider here, for the programs that speak nothing else."""
