import os
from spoonfeeder.core.vocabulary import Scope, WorkspaceRole
from spoonfeeder.features.auth import policy, entry
from sqlalchemy import text
which = os.environ.get("MUT", "")
if which == "role":
    object.__setattr__(policy.WRITE, "role", WorkspaceRole.VIEWER)
if which == "scope":
    object.__setattr__(policy.MANAGE, "scope", Scope.READ)
if which == "server":
    object.__setattr__(policy.SERVER, "for_admins", False)
if which == "strict":
    object.__setattr__(policy.READ, "role", WorkspaceRole.MEMBER)
if which == "member":
    entry.ENTER = entry.ENTER.replace("WHERE user_id = who.id AND (", "WHERE (")
    entry.ENTER_BY_LOGIN = entry._statements(entry.BY_LOGIN, "login_id", "user_id")
from tests.abuse.test_a24_matrix import *
