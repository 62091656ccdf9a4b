"""Small PDFs made by hand: enough of ISO 32000 for a reader to find the words, or to find none."""

from __future__ import annotations

from collections.abc import Sequence


def a_pdf(*pages: str) -> bytes:
    """A page for each text; an empty one has no text, as a scan has none."""
    contents = [_drawn(page) for page in pages]
    first_page = 4
    kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, content in enumerate(contents):
        resources = "<< /Font << /F1 3 0 R >> >>"
        stream = first_page + 2 * number + 1
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources {resources} /Contents {stream} 0 R >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    return _assembled(objects)


def _drawn(text: str) -> str:
    lines = "".join(f"({line}) Tj 0 -14 Td " for line in text.split("\n") if line)
    return f"BT /F1 12 Tf 72 720 Td {lines}ET" if lines else "0 0 612 792 re f"


def _assembled(objects: Sequence[str]) -> bytes:
    written = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = len(written)
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}".encode()
    written += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(written)
