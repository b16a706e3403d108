"""Tests of subscriptions: levels, mentions, and whom news concern."""
