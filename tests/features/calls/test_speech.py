"""What a model says, as JSON and the database can hold it."""

import pytest

from spoonfeeder.features.calls.speech import Speech

CASES = {
    "plain": (["Hello", " world"], "Hello world"),
    "several scripts": (["Grüße, ", "世界 ", "🌍"], "Grüße, 世界 🌍"),
    "one character in two pieces": (["a\ud83c", "\udf0db"], "a🌍b"),
    "both halves at once": (["\ud83c\udf0d"], "🌍"),
    "half at the end": (["a\ud83c"], "a\ufffd"),
    "half in the middle": (["a\ud83c", "b"], "a\ufffdb"),
    "second half alone": (["a\udf0db"], "a\ufffdb"),
    "null": (["a\0b", "\0"], "ab"),
    "null between the halves": (["\ud83c", "\0", "\udf0d"], "🌍"),
    "empty": ([""], ""),
}


@pytest.mark.parametrize("case", CASES)
def test_text_can_always_be_kept(case: str) -> None:
    pieces, expected = CASES[case]
    speech = Speech()

    said = [speech.hear(piece) for piece in pieces] + [speech.end()]

    assert "".join(said) == expected
    for piece in said:
        piece.encode()
