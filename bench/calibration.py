"""What Parley is compared with: bare uvicorn (uvloop, httptools) that answers `/{size}` with so many static bytes.

python -m bench.calibration 8123
"""

import sys
from functools import lru_cache
from typing import Any

import uvicorn


@lru_cache(maxsize=8)
def messages(path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two ASGI messages of an answer with as many bytes as the path says, made once."""
    body = b"x" * int(path.strip("/") or 0)
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    return (
        {"type": "http.response.start", "status": 200, "headers": headers},
        {"type": "http.response.body", "body": body},
    )


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """The whole application."""
    for message in messages(scope["path"]):
        await send(message)


if __name__ == "__main__":
    uvicorn.run(
        answer, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", lifespan="off",
        log_level="warning", access_log=False,
    )  # fmt: skip
