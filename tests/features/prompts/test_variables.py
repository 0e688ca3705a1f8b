"""What in a text is a variable, what stands for a brace, and what is ComfyUI's own."""

import pytest

from spoonfeeder.features.prompts.variables import insert, length_with, names_in


@pytest.mark.parametrize(
    ("text", "names", "told"),
    [
        ("plain", [], "plain"),
        ("", [], ""),
        ("{subject} in {light}", ["subject", "light"], "<subject> in <light>"),
        ("{b} {a} {b}", ["b", "a"], "<b> <a> <b>"),
        ("{2x_big} {été}", ["2x_big", "été"], "<2x_big> <été>"),
        ("{{subject}}", [], "{subject}"),
        ("{{{subject}}}", ["subject"], "{<subject>}"),
        ("{{a {subject}, b}}", ["subject"], "{a <subject>, b}"),
        ("{red|blue}", [], "{red|blue}"),
        ("{red|{dark|light} blue}", [], "{red|{dark|light} blue}"),
        ("{{red|blue} cat|dog}", [], "{{red|blue} cat|dog}"),
        ("{dog|{red|blue}}", [], "{dog|{red|blue}}"),
        ("{2$$red|blue}", [], "{2$$red|blue}"),
        ("{red|{colour}}", ["colour"], "{red|<colour>}"),
        ("{{colour}|red}", ["colour"], "{<colour>|red}"),
        ('{"a": {"b": 1}}', [], '{"a": {"b": 1}}'),
        ("{ subject } {sub-ject} {}", [], "{ subject } {sub-ject} {}"),
        ("{{ }} {{ }", [], "{ } {{ }"),
        ("{subject", [], "{subject"),
        (f"{{{'x' * 50}}}", ["x" * 50], f"<{'x' * 50}>"),
        (f"{{{'x' * 51}}}", [], f"{{{'x' * 51}}}"),
    ],
)
def test_braces(text: str, names: list[str], told: str) -> None:
    assert names_in(text) == names
    values = {name: f"<{name}>" for name in names}
    assert insert(text, values) == told
    assert length_with(text, values) == len(told)


def test_both_texts_have_their_variables_each_once() -> None:
    assert names_in("{a} {b}", None, "{c} {a}") == ["a", "b", "c"]


def test_a_value_is_inserted_as_it_is() -> None:
    values = {"a": r"{b} {{b}} \1 \g<0>", "b": "never"}
    assert insert("{a}, {{x {a}}}", values) == r"{b} {{b}} \1 \g<0>, {x {b} {{b}} \1 \g<0>}"


@pytest.mark.parametrize(
    "text", ["{" * 100_000, "{{" + "{a}" * 30_000, "{{a" * 30_000, "{a" * 50_000, "{{{a}" * 20_000]
)
def test_nothing_takes_long(text: str) -> None:
    assert len(names_in(text)) <= 1
    assert insert(text, {"a": "a"}).count("a") == text.count("a")
