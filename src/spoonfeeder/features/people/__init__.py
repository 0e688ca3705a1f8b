"""Who uses the server: accounts, workspaces, their members, and the links that invite to them."""
