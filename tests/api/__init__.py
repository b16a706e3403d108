"""The JSON API as a whole, found through its own OpenAPI document: examples, bad input, and who may do what."""
