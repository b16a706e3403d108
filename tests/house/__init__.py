"""The house rules, as tests: what may import what, what may be written where, and whether the documents are true.

None of these tests needs a database. `tree.py` reads the source tree, `habits.py` holds the rules that are read
off one file, and each test file says what it holds the house to.
"""
