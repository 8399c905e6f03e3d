"""A file on its way in: written beside the uploads, so that keeping it is a matter of its name.

A BAM of some hundred MB neither fills the memory nor a small `/tmp`, and is not copied.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from reports.views.uploads import INCOMING, uploads_dir


class IncomingFile(UploadedFile):
    """Gone when the request is over, unless it was given another name by then."""

    def temporary_file_path(self) -> str:
        return self.file.name


class IncomingFileHandler(FileUploadHandler):
    """Streams each file of a request into the folder of the uploads."""

    file: Any = None

    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        folder = uploads_dir()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Closed with the request: Django closes every uploaded file.
        self.file = tempfile.NamedTemporaryFile(dir=folder, prefix=INCOMING)  # noqa: SIM115

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.flush()
        self.file.seek(0)
        found, self.file = self.file, None
        return IncomingFile(
            file=found,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if self.file is not None:
            self.file.close()


def keep_bytes(uploaded: UploadedFile, path: Path) -> None:
    """The bytes of `uploaded` at `path`, for the server's account alone; linked where they lie on
    the disk already."""
    if isinstance(uploaded, IncomingFile):
        os.link(uploaded.temporary_file_path(), path)
        path.chmod(0o600)
        return
    path.touch(mode=0o600)
    with path.open("wb") as file:
        for chunk in uploaded.chunks():
            file.write(chunk)
