"""What templates are given: frozen dataclasses of plain values, with every permission already asked.

A view never holds a row or a session. What a reader may do stands in it as a boolean or as the view of a form that
is there or is not, so that the button and the deed ask the same check and templates decide nothing.
Times are aware datetimes in UTC; `body_html` is `Markup` made by `rendering.trusted` from the stored, sanitised HTML.
"""
