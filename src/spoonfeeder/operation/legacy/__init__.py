"""Taking over what the server's predecessor kept: the tables, ids and keys of the documented Node schema."""
