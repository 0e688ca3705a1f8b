"""`python -m spoonfeeder`."""

from spoonfeeder.cli import main

main()
