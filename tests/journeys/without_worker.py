"""`python -m tests.journeys.without_worker serve`: the real application on PARLEY_BIND, with no worker inside.

`parley serve` on SQLite has one; whether the closing law needs a worker can be seen only where there is none.
"""

import uvicorn

from service.app import create_app
from service.settings import load_settings


def main() -> None:
    """Serve until killed."""
    settings = load_settings()
    host, port = settings.address
    uvicorn.run(create_app(settings, worker=False), host=host, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
