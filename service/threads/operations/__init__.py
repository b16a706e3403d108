"""Every write to a thread's text and to whether it is shown. Closing it is the room `closing`."""

from service.threads.operations.editing import Rewording, edit_thread
from service.threads.operations.importing import Brought, import_thread
from service.threads.operations.moderating import delete_thread, moderate_thread, put_thread_back
from service.threads.operations.opening import Opening, facts_of, open_thread
from service.threads.operations.pinning import Pinning, pin_thread, put_pin_back, unpin_thread
from service.threads.operations.purging import purge_thread
from service.threads.operations.redacting import redact_thread
from service.threads.operations.writing import OPENING_LEVEL, REPLY_LEVEL, Written, as_stored, write_text

__all__ = [
    "OPENING_LEVEL", "REPLY_LEVEL", "Brought", "Opening", "Pinning", "Rewording", "Written", "as_stored",
    "delete_thread", "edit_thread", "facts_of", "import_thread", "moderate_thread", "open_thread",
    "pin_thread", "purge_thread", "put_pin_back", "put_thread_back", "redact_thread", "unpin_thread", "write_text",
]  # fmt: skip
