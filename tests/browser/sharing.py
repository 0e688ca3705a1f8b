"""Which tests one worker takes, so that as few systems as may be are started: a start costs as much as three tests."""

from xdist.scheduler import LoadScopeScheduling

SIGN_IN = ("test_access.py", "test_all_pages.py", "test_people.py", "test_two_people.py")
"""The files whose tests have a system where people sign in; the others have one that needs no sign-in."""


class OneSignsIn(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """All tests that sign in go to the same worker, the others each to whoever is free.

    `xdist_group` does not do it: pytest-xdist 3.8 writes the group where pytest 9 no longer reads the name of a test.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "sign in" if path.endswith(SIGN_IN) else nodeid
