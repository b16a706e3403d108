"""Tests of reactions: what they count, who may give them, and where."""
