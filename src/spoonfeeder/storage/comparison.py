"""Whether two kept files show the same, by what they decode to: the bytes of a PNG differ by their metadata alone.

Equal seeds do not make equal pixels everywhere: PyTorch promises no equal results across its own releases, platforms
or CPU and GPU (docs.pytorch.org, notes/randomness). `near` are pictures that nobody tells apart by looking: on the
average at most 2 of 255 levels aside, and a signal to noise ratio of at least 30 dB, where the usual range of lossy
compression at 8 bits begins (30 to 50 dB; IEEE Access 9, 2021, 11358). The ratio weighs single large deviations, so
that a small thing added to a picture is not lost in the mean.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

import av
from PIL import Image

from spoonfeeder.core.vocabulary import Modality
from spoonfeeder.storage import images, recordings
from spoonfeeder.storage.images import LIMIT_PIXELS, check_limit, eight_bit
from spoonfeeder.storage.media_types import modality_of
from spoonfeeder.storage.pixels import Tally
from spoonfeeder.storage.verdicts import Compared, File, Verdict

NEAR_MEAN_DIFFERENCE = 2.0
NEAR_PSNR_DB = 30.0
MOST_PIXELS = 2 * LIMIT_PIXELS
"""Of all frames: 60 of a film of full HD, 480 of one of 512 x 512."""
READ_BYTES = 1024 * 1024


def compare(one: File, other: File) -> Compared:
    """CPU work. Raises TooManyPixels, and whatever a decoder raises for a file that is broken."""
    kinds = {modality_of(one.media_type), modality_of(other.media_type)}
    if kinds == {Modality.IMAGE}:
        return _pictures(one, other)
    if kinds == {Modality.VIDEO}:
        return _films(one, other)
    if kinds == {Modality.AUDIO}:
        return _sounds(one, other)
    return Compared("same" if _digest(one.path) == _digest(other.path) else "different", "bytes")


def _pictures(one: File, other: File) -> Compared:
    with images.opened(*one) as first, images.opened(*other) as second:
        for image in (first, second):
            check_limit(image.width * image.height, LIMIT_PIXELS)
        if first.size != second.size:
            return _unlike(first.size, second.size)
        return _frames(_each_frame(first), _each_frame(second))


def _each_frame(image: Image.Image) -> Iterator[Image.Image]:
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        image.load()  # only then the frames of a GIF have their mode
        yield eight_bit(image)


def _films(one: File, other: File) -> Compared:
    with ExitStack() as stack:
        first, second = (stack.enter_context(recordings.opened(*file)) for file in (one, other))
        sizes = []
        for film in (first, second):
            recordings.check_pixels(film)
            sizes.append((film.streams.video[0].width, film.streams.video[0].height))
        if sizes[0] != sizes[1]:
            return _unlike(*sizes)
        seen = _frames(*(_film_frames(film) for film in (first, second)))
    if seen.verdict == "different" or _sound(one) == _sound(other):
        return seen
    return Compared("different", "samples", reason="The pictures are as they were, the sound is not.")


def _film_frames(film: av.container.InputContainer) -> Iterator[Image.Image]:
    return (frame.to_image() for frame in film.decode(video=0))  # type: ignore[no-untyped-call]


def _unlike(before: tuple[int, int], now: tuple[int, int]) -> Compared:
    sizes = [f"{width} x {height}" for width, height in (before, now)]
    return Compared("different", "pixels", reason=f"The size was {sizes[0]} and is {sizes[1]} now.")


def _frames(before: Iterator[Image.Image], now: Iterator[Image.Image]) -> Compared:
    """In step, one of each in memory, as far as MOST_PIXELS reach."""
    tally, frames = Tally(), 0
    for first, second in zip_longest(before, now):
        if first is None or second is None:
            return _judged(tally, frames, "There are not as many frames as there were.", same_length=False)
        if frames and tally.pixels + first.width * first.height > MOST_PIXELS:
            return _judged(tally, frames, f"Only the first {frames} frames were compared.")
        tally.add(first, second)
        frames += 1
    return _judged(tally, frames)


def _judged(tally: Tally, frames: int, reason: str | None = None, *, same_length: bool = True) -> Compared:
    return Compared(
        verdict=_verdict(tally) if same_length else "different",
        compared="pixels",
        mean_difference=round(tally.mean_difference, 4),
        max_difference=tally.max_difference,
        psnr_db=None if tally.psnr_db is None else round(tally.psnr_db, 2),
        differing_share=round(tally.differing_share, 6),
        frames=frames,
        reason=reason,
    )


def _verdict(tally: Tally) -> Verdict:
    if tally.psnr_db is None:
        return "same"
    is_near = tally.mean_difference <= NEAR_MEAN_DIFFERENCE and tally.psnr_db >= NEAR_PSNR_DB
    return "near" if is_near else "different"


def _sounds(one: File, other: File) -> Compared:
    return Compared("same" if _sound(one) == _sound(other) else "different", "samples")


def _sound(file: File) -> bytes:
    """A digest of all samples, at 16 bits in two channels; of silence that is not there, that of nothing."""
    digest = sha256()
    with recordings.opened(*file) as recording:
        if not recording.streams.audio:
            return digest.digest()
        resampler = av.AudioResampler("s16", "stereo")
        for frame in recording.decode(audio=0):
            for part in resampler.resample(frame):
                digest.update(bytes(part.planes[0])[: part.samples * 4])
    return digest.digest()


def _digest(path: Path) -> bytes:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            digest.update(block)
    return digest.digest()
