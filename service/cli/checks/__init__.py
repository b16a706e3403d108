"""What `parley doctor` looks at. Each check is a function that yields findings: ok, warn or fail, each of the last two
with a sentence that says how to mend it. A check that cannot look says so, and never ends the others.
"""
