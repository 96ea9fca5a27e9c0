"""A page of a PDF as a picture, for a page that shows it without running it. Called in a child process. Pure."""

from __future__ import annotations

import io

import pypdfium2

WIDTH = 1000  # pixels
_LARGEST_SCALE = 3.0


def count(data: bytes) -> int:
    return len(pypdfium2.PdfDocument(data))


class NoSuchPage(Exception):
    pass


def draw(data: bytes) -> str:
    """`data` is the number of the page, a line feed and the PDF; the answer a PNG in hexadecimal digits."""
    said, _feed, pdf = data.partition(b"\n")
    document = pypdfium2.PdfDocument(pdf)
    number = int(said)
    if not 1 <= number <= len(document):
        raise NoSuchPage
    page = document[number - 1]
    scale = min(_LARGEST_SCALE, WIDTH / max(1.0, page.get_width()))
    if page.get_height() * scale > 4 * WIDTH:
        scale = 4 * WIDTH / page.get_height()
    picture = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(picture, "PNG")
    return picture.getvalue().hex()
