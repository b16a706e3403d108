"""The commands as people run them, each in a process of its own."""
