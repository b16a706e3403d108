"""What Parley does in a town of a million replies: which way its statements take through the big tables."""
