"""`<profile>/<model>`: what leads where."""

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spoonfeeder.features.openai_api.names import AmbiguousProfile, UnknownModel, resolve, shown

A, B, C = (UUID(int=number) for number in (1, 2, 3))
NAMES = {A: "lab", B: "lab/big", C: "home"}


@pytest.mark.parametrize(
    ("given", "profile_id", "model"),
    [
        ("lab/llama3:8b", A, "llama3:8b"),
        ("lab/big/llama3", B, "llama3"),
        ("lab/bigger/llama3", A, "bigger/llama3"),
        ("home/models/gemini-2.5-pro", C, "models/gemini-2.5-pro"),
        (f"{A}/big/llama3", A, "big/llama3"),
        (str(A).upper() + "/x", A, "x"),
    ],
)
def test_an_id_comes_first_then_the_longest_name(given: str, profile_id: UUID, model: str) -> None:
    assert resolve(given, NAMES) == (profile_id, model)


@pytest.mark.parametrize("given", ["", "/", "lab", "lab/", "Lab/x", "nobody/x", "/x", f"{A}/", str(A), "labx/y"])
def test_what_names_no_profile_or_no_model_is_unknown(given: str) -> None:
    with pytest.raises(UnknownModel):
        resolve(given, NAMES)


def test_a_name_that_two_profiles_have_is_refused_and_their_ids_are_not() -> None:
    names = {A: "lab", B: "lab"}
    with pytest.raises(AmbiguousProfile):
        resolve("lab/x", names)
    assert resolve(f"{B}/x", names) == (B, "x")


words = st.text(alphabet="ab/", min_size=1, max_size=5)


@example(names={A: "/", B: "//"}, model="/")
@given(names=st.dictionaries(st.sampled_from([A, B, C]), words | st.just(str(A)), min_size=1), model=words)
def test_what_a_list_shows_leads_back(names: dict[UUID, str], model: str) -> None:
    for profile_id in names:
        assert resolve(shown(profile_id, model, names), names) == (profile_id, model)
