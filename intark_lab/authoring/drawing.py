"""Diagrams as pictures: JupyterLab shows no SVG attachment, so each drawing has a PNG beside it.

The PNG holds the digest of the SVG it was made from: who has no browser still sees whether the
two belong together.
"""

import hashlib
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, PngImagePlugin

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SCALE = 1.5
"""Pixels of the picture to one of the drawing: sharp enough, and not too wide on a large screen."""


def picture(drawing: Path) -> Path:
    """Where the PNG of an SVG is."""
    return drawing.with_suffix(".png")


def is_current(drawing: Path) -> bool:
    """Whether the picture was made from the drawing as it is now."""
    try:
        with Image.open(picture(drawing)) as image:
            return image.info.get("drawing") == _digest(drawing)
    except OSError:
        return False


def draw(drawing: Path) -> None:
    """Make the picture; without a browser leave it as it is. Raises CalledProcessError."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return
    with TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        command = [browser, *_options(drawing, folder), f"--screenshot={shot}", drawing.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        with Image.open(shot) as image:
            save(image, drawing)


def save(image: Image.Image, drawing: Path) -> None:
    """Write `image` as the picture of the drawing, in a palette of 256 colours."""
    made_from = PngImagePlugin.PngInfo()
    made_from.add_text("drawing", _digest(drawing))
    few = image.quantize(256, method=Image.Quantize.FASTOCTREE)
    few.save(picture(drawing), optimize=True, pnginfo=made_from)


def _options(drawing: Path, profile: str) -> list[str]:
    size = ET.parse(drawing).getroot().attrib
    options = [
        "--headless",
        "--disable-gpu",
        "--hide-scrollbars",
        "--default-background-color=00000000",
        f"--force-device-scale-factor={SCALE}",
        f"--user-data-dir={profile}",
        f"--window-size={size['width']},{size['height']}",
    ]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        options.append("--no-sandbox")  # Chromium refuses to run as root without it
    return options


def _digest(drawing: Path) -> str:
    return hashlib.sha256(drawing.read_bytes()).hexdigest()
