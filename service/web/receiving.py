"""A file that a form sends, written to the disk as it arrives (multipart/form-data, RFC 7578): memory holds a piece."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from service.kit.errors import BadRequest, NotReady, invalid

MULTIPART: Final = "multipart/form-data"
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has arrived: `key` is its name in the folder, `name` the one it had, without any folders."""

    key: str
    name: str
    size: int


def is_multipart(request: Request) -> bool:
    """Whether the request's form brings files."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == MULTIPART


async def receive_file(request: Request, folder: Path, field_name: str) -> Received:
    """Write the file of the form's field into `folder`, under a new name that nobody can guess.

    Whoever calls has looked before whether the sender may: nothing else limits them but the gate's limit. What is
    broken off leaves nothing behind. Raises BadRequest (no multipart), Invalid (no file chosen), NotReady (disk full).
    """
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if not boundary:
        raise BadRequest("The form has no boundary between its parts")
    key = f"{secrets.token_urlsafe(16)}.upload"
    with _new_file(folder / key) as file:
        parts = Parts(field_name.encode(), file)
        parser = parts.parser(boundary)
        async for piece in request.stream():
            parser.write(piece)
        parser.finalize()
        if not parts.name or not parts.size:
            raise invalid(f"/{field_name}", "choose a file" if not parts.name else "the file is empty")
        return Received(key, parts.name, parts.size)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to; gone again when the block fails, whatever ends it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            path.chmod(0o600)
            yield file
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, FormParserError):
            raise BadRequest("The form's parts cannot be told apart") from error
        if isinstance(error, OSError):
            raise NotReady("The file could not be stored: the disk is full, or cannot be written to.") from error
        raise


@dataclass(slots=True)
class Parts:
    """What the parser says of the parts: the one that is wanted is written, all others are dropped."""

    wanted: bytes
    file: BinaryIO
    name: str = ""
    size: int = 0
    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    headers: dict[bytes, bytes] = field(default_factory=dict)
    writing: bool = False

    def parser(self, boundary: bytes) -> MultipartParser:
        """A parser that calls this object."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self.begin,
                "on_header_field": lambda data, start, end: self.header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self.value.extend(data[start:end]),
                "on_header_end": self.end_header,
                "on_headers_finished": self.end_headers,
                "on_part_data": self.write,
            },
        )

    def begin(self) -> None:
        """A part begins."""
        self.headers, self.writing = {}, False

    def end_header(self) -> None:
        """A header is complete."""
        self.headers[bytes(self.header).lower()] = bytes(self.value)
        self.header.clear()
        self.value.clear()

    def end_headers(self) -> None:
        """The part's content follows: is it the file?"""
        _, options = parse_options_header(self.headers.get(b"content-disposition", b""))
        name = options.get(b"filename", b"").decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
        self.writing = options.get(b"name") == self.wanted and not self.size
        if self.writing:
            self.name = "".join(each if each.isprintable() else "\ufffd" for each in name)[:LONGEST_NAME]

    def write(self, data: bytes, start: int, end: int) -> None:
        """Some of the part's content."""
        if self.writing:
            self.file.write(data[start:end])
            self.size += end - start
