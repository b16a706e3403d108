"""Tests of the live room: streams, pages of events, who may listen, and what happens when somebody does not read."""
