"""site: the site's own settings, one row, changed by admins at run time.

Words: *closing terms* (when threads close by themselves), inherited thread > category > site. Invariants: there is
always exactly one row, made by the first migration; every change raises its version.
"""
