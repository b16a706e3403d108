"""Tests of notifications: who is told and why, the inbox, letters and the way out of them."""
