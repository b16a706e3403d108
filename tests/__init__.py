"""Parley's tests. They mirror the rooms and pages; `make test` (tests/run.py) runs them on both databases."""
