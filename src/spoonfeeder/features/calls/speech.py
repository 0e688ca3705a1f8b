"""Text of a model that JSON and PostgreSQL can hold, whatever its provider sent."""

LONGEST_NAME = 255


class Speech:
    """Joins the halves of a character that came in two pieces; U+0000 is left out, half a character becomes U+FFFD."""

    def __init__(self) -> None:
        self._half = ""

    def hear(self, text: str) -> str:
        if text.isascii() and "\0" not in text and not self._half:
            return text
        text, self._half = self._half + text.replace("\0", ""), ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text

    def end(self) -> str:
        """What is left of a half that nothing followed."""
        rest, self._half = self._half, ""
        return "\ufffd" if rest else ""


def plain_name(told: str, asked: str) -> str:
    """The model that answered; the one that was asked for where what is told can be no name."""
    return told if 0 < len(told) <= LONGEST_NAME and told.isprintable() else asked
