"""What people are told apart from the page they are on, kept until they have read it."""
