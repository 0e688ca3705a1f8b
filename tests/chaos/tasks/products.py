"""What the vendors of a chaos run deliver: small, and sound to the last byte."""

import io
import wave

import av
from PIL import Image

SIZE = 64
FRAMES = 5
RATE = 24_000


def png() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((SIZE, SIZE), 40).save(file, "PNG")
    return file.getvalue()


def wav() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(RATE // 5))
    return file.getvalue()


def mp4() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=FRAMES)
        stream.width = stream.height = SIZE
        for shade in range(FRAMES):
            image = Image.new("RGB", (SIZE, SIZE), (shade * 40, 90, 120))
            container.mux(stream.encode(av.VideoFrame.from_image(image)))  # type: ignore[no-untyped-call]
        container.mux(stream.encode())
    return file.getvalue()
