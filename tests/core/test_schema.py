"""What a client reads whose partial update is wrong."""

from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from spoonfeeder.core.schema import Given, Input, Name
from spoonfeeder.core.validation import validation_failure


class Change(Input):
    name: Given[Name] = None
    rank: Given[Annotated[int, Field(le=100)]] = None
    color: Given[Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]] = None
    options: Given[dict[str, int]] = None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"rank": 500}, "rank: Input should be less than or equal to 100."),
        ({"name": ""}, "name: String should have at least 1 character."),
        ({"color": "red"}, "color: is not written as it has to be."),
        ({"options": []}, "options: must be an object."),
        ({"rank": None}, "rank: cannot be null; leave it out to keep it."),
    ],
)
def test_a_wrong_field_of_a_partial_update_is_named_as_the_client_names_it(body: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        Change.model_validate(body)
    assert validation_failure(wrong.value.errors()).message == sentence


def test_what_a_partial_update_leaves_out_is_not_given() -> None:
    assert Change.model_validate({"rank": 7}).model_dump(exclude_unset=True) == {"rank": 7}
    assert Change.model_json_schema()["properties"]["rank"] == {
        "type": "integer",
        "maximum": 100,
        "default": None,
        "title": "Rank",
    }
