"""The website: one file per screen, complete without scripting.

A screen loads, calls and presents: it asks a room's queries, calls a room's operations, and hands a plain view
(`views/`) to a template (`templates/`). A form is answered by the screen that shows it; `forms.py` keeps what was
typed when an operation refuses; `rendering.py` owns templates, static files and the headers of every page.
`frame.py` asks what every page shows around its text: who is signed in, and how many notifications are unread.
"""
