"""What every room stands on and that knows no forum: time, errors, the database, events, jobs, text and mail."""

from sqlmodel import SQLModel

# Every constraint has a name from the first migration on: SQLite's batch mode can only drop what is named.
SQLModel.metadata.naming_convention = {
    "ix": "%(table_name)s_%(column_0_name)s",
    "uq": "%(table_name)s_%(column_0_name)s_key",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}
