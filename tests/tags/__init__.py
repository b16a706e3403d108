"""Tests of the room `tags`."""
