"""What is run while working on Parley, and never by it."""
