"""Tests of closing: the law in both its forms, the deeds, the sweep."""
