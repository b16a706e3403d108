"""Tests of drafts: kept, shown to nobody else, done with once posted."""
