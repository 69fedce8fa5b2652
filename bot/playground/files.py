"""The files that Telegram keeps, and what messages show of them."""

from __future__ import annotations

import io
import itertools
import mimetypes
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from PIL import Image, UnidentifiedImageError

from bot.playground.errors import RefusalError

if TYPE_CHECKING:
    from bot.playground.requests import Json, Upload

# What Telegram takes from a bot and serves to one, in bytes.
_LARGEST_UPLOAD: Final = 50 << 20
_LARGEST_PHOTO: Final = 10 << 20
_LARGEST_DOWNLOAD: Final = 20 << 20
# A photo's width and height in all, and the one divided by the other.
_PHOTO_PIXELS: Final = 10_000
_PHOTO_RATIO: Final = 20


class Files:
    """Files by their ids."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}
        self._names: dict[str, str] = {}
        self._ids = itertools.count(1)

    def add(self, content: bytes, file_id: str | None = None, name: str = "") -> str:
        """Keep a file; give its id."""
        file_id = file_id or f"file-{next(self._ids)}"
        self._contents[file_id] = content
        self._names[file_id] = name
        return file_id

    def described(self, file_id: str) -> Json:
        """The answer to getFile."""
        if file_id not in self._contents:
            raise RefusalError(
                400, "Bad Request: wrong file_id or the file is temporarily unavailable"
            )
        if len(self._contents[file_id]) > _LARGEST_DOWNLOAD:
            raise RefusalError(400, "Bad Request: file is too big")
        return self._identified(file_id) | {"file_path": f"documents/{file_id}"}

    def at(self, path: str) -> bytes | None:
        """The file that getFile gave this path of; None where there is none."""
        return self._contents.get(path.removeprefix("documents/"))

    def kept(self, file_id: str) -> tuple[bytes, str] | None:
        """A file and its name, which may be empty; None where there is none."""
        if file_id not in self._contents:
            return None
        return self._contents[file_id], self._names[file_id]

    def document(self, source: Upload | str) -> Json:
        """A file as the message shows it that it came with."""
        file_id = self._sent(source, _LARGEST_UPLOAD)
        document = self._identified(file_id)
        if name := self._names[file_id]:
            document["file_name"] = name
            if mime_type := mimetypes.guess_type(name)[0]:
                document["mime_type"] = mime_type
        return document

    def photo(self, source: Upload | str) -> list[Json]:
        """A picture as the message shows it that it came with."""
        file_id = self._sent(source, _LARGEST_PHOTO)
        try:
            with Image.open(io.BytesIO(self._contents[file_id])) as picture:
                width, height = picture.size
        except UnidentifiedImageError as error:
            raise RefusalError(400, "Bad Request: IMAGE_PROCESS_FAILED") from error
        except Image.DecompressionBombError as error:
            # The library does not look at what is far too large.
            raise RefusalError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS") from error
        if width + height > _PHOTO_PIXELS or max(width, height) > _PHOTO_RATIO * min(width, height):
            raise RefusalError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        return [self._identified(file_id) | {"width": width, "height": height}]

    def _sent(self, source: Upload | str, most: int) -> str:
        if isinstance(source, str):
            if source not in self._contents:
                raise RefusalError(400, "Bad Request: wrong file identifier/HTTP URL specified")
            return source
        if not source.content:
            raise RefusalError(400, "Bad Request: file must be non-empty")
        if len(source.content) > most:
            raise RefusalError(413, "Request Entity Too Large")
        return self.add(source.content, name=PurePosixPath(source.name).name)

    def _identified(self, file_id: str) -> Json:
        return {
            "file_id": file_id,
            "file_unique_id": f"same-{file_id}",
            "file_size": len(self._contents[file_id]),
        }
