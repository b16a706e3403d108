"""Tests of what surrounds the program: lock files, Makefile, compose file, and the test driver itself."""
