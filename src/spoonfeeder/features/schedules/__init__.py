"""What starts tasks and generations at a time, once or again and again."""
