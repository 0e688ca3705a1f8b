"""How far two pictures lie apart, counted from the histogram of their difference."""

import math
from dataclasses import dataclass, field

from PIL import Image, ImageChops

STRIP_PIXELS = 4_000_000
"""The difference is made of so many pixels at a time, so that it takes no memory worth naming beside the pictures."""
LEVELS = 256
PEAK = LEVELS - 1


@dataclass(slots=True)
class Tally:
    """Of all frames together: `levels[n]` colour values differ by n of 255, `differing` of `pixels` in any colour."""

    levels: list[int] = field(default_factory=lambda: [0] * LEVELS)
    pixels: int = 0
    differing: int = 0

    def add(self, one: Image.Image, other: Image.Image) -> None:
        """Two pictures of one size, at 8 bits per colour; transparency counts where either has it."""
        mode = "RGBA" if one.has_transparency_data or other.has_transparency_data else "RGB"
        first, second = _in_mode(one, mode), _in_mode(other, mode)
        height = max(1, STRIP_PIXELS // one.width)
        for top in range(0, one.height, height):
            box = (0, top, one.width, min(top + height, one.height))
            self._count(ImageChops.difference(first.crop(box), second.crop(box)))

    def _count(self, difference: Image.Image) -> None:
        bands = difference.split()
        largest = bands[0]
        for band in bands:
            self.levels = [sum(both) for both in zip(self.levels, band.histogram(), strict=True)]
            largest = ImageChops.lighter(largest, band)
        pixels = difference.width * difference.height
        self.pixels += pixels
        self.differing += pixels - largest.histogram()[0]

    @property
    def mean_difference(self) -> float:
        """0 to 255."""
        return sum(level * count for level, count in enumerate(self.levels)) / self._values

    @property
    def max_difference(self) -> int:
        return max(level for level, count in enumerate(self.levels) if count or not level)

    @property
    def psnr_db(self) -> float | None:
        """The peak signal to noise ratio; None where nothing differs, which would be infinite."""
        squares = sum(level * level * count for level, count in enumerate(self.levels))
        return 10 * math.log10(PEAK * PEAK * self._values / squares) if squares else None

    @property
    def differing_share(self) -> float:
        return self.differing / max(1, self.pixels)

    @property
    def _values(self) -> int:
        return max(1, sum(self.levels))


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    """Pillow copies where nothing is to be changed."""
    return image if image.mode == mode else image.convert(mode)
