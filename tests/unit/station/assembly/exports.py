"""What a console exports, made by several encoders that share nothing with the reader: pictures, PDF files, JSON, ZIP."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

import cv2
import numpy as np
import segno
import zxingcpp
from matplotlib import rc_context
from matplotlib.figure import Figure
from numpy.typing import NDArray

from station.domain.payload import ADMIN, BUNDLE

Picture = NDArray[np.uint8]


def content(user: str) -> str:
    """A code of some console's own agent; what names the user is the longest text for it."""
    extras: dict[str, object] = {
        ADMIN: "com.example.agent/.AdminReceiver",
        "android.app.extra.PROVISIONING_DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
        "android.app.extra.PROVISIONING_DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://mdm.example/agent.apk",
        BUNDLE: {"mode": "wpco", "enrollmentId": f"{user}-0123456789abcdef"},
    }
    return json.dumps(extras, ensure_ascii=False)


def drawn(text: str, scale: int = 4, border: int = 4) -> Picture:
    """By segno: dark on light."""
    modules = np.array([list(row) for row in segno.make_qr(text).matrix_iter(border=border)], np.uint8)
    return np.kron(255 * (1 - modules), np.ones((scale, scale), np.uint8)).astype(np.uint8)


def drawn_by_opencv(text: str) -> Picture:
    """By OpenCV's encoder, which knows no quiet zone of its own: there is one around it here."""
    code = np.asarray(cv2.QRCodeEncoder.create().encode(text), np.uint8)
    grown = np.kron(code, np.ones((4, 4), np.uint8))
    return np.pad(grown, 20, constant_values=255).astype(np.uint8)


def drawn_by_zxing(text: str) -> Picture:
    """By zxing-cpp's writer."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return np.array(code.to_image(scale=4), np.uint8)


def file_of(picture: Picture, kind: str = ".png") -> bytes:
    """The picture as a file."""
    return bytes(cv2.imencode(kind, picture)[1].tobytes())


def sheet(users: Mapping[str, str], *, columns: int = 2, title: str = "Enrollment codes") -> bytes:
    """A PDF page (by matplotlib) with a code for each user, their text below it."""
    figure = Figure(figsize=(8, 11))
    rows = -(-len(users) // columns)
    for at, (name, text) in enumerate(users.items()):
        left, top = 0.05 + 0.9 / columns * (at % columns), 0.9 - 0.9 / rows * (at // columns)
        size = min(0.8 / columns, 0.6 / rows)
        axes = figure.add_axes((left, top - size, size, size))
        axes.axis("off")
        axes.imshow(drawn(text, 1), cmap="gray", interpolation="nearest")
        figure.text(left + size / 2, top - size - 0.02, name, ha="center")
    figure.text(0.5, 0.96, title, ha="center")
    file = io.BytesIO()
    with rc_context({"pdf.fonttype": 42}):
        figure.savefig(file, format="pdf")
    return file.getvalue()


def pdf_of(text: str) -> bytes:
    """A PDF page of one code and no text, by segno."""
    file = io.BytesIO()
    segno.make_qr(text).save(file, kind="pdf", scale=3)
    return file.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in files.items():
            archive.writestr(name, octets)
    return packed.getvalue()
