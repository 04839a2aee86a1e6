"""Who works here: the list, and for who may, new people, other roles, switching off."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.access import ROLES, door, staff
from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.pages import page
from kvit.web.problem import status_of
from kvit.web.rights import CHANGE_USERS, SEE_USERS
from kvit.web.routes import Table
from kvit.web.sign_in import Typed

UserId = Annotated[str, msgspec.Meta(max_length=64)]


class NewUserForm(msgspec.Struct):
    """A new user with a first password."""

    csrf: str
    name: Typed
    password: Typed
    role: Typed


class RoleForm(msgspec.Struct):
    """A user's other role."""

    csrf: str
    user: UserId
    role: Typed


class OtherPasswordForm(msgspec.Struct):
    """Another password for who forgot theirs."""

    csrf: str
    user: UserId
    password: Typed


class UserForm(msgspec.Struct):
    """The user a button means."""

    csrf: str
    user: UserId


def add_users(table: Table) -> None:
    """Add the users' page."""

    @table.get("/users", needs=SEE_USERS, page=True)
    async def users_page(call: Call) -> Response | Refusal:
        """List who works here."""
        return await _show(call)

    @table.post("/users", needs=CHANGE_USERS, page=True)
    async def add_user(call: Call, form: NewUserForm) -> Response | Refusal:
        """Make a user."""
        assert call.user is not None
        made = await door.create_user(call.context.door, call.user, form.name, form.password, form.role, call.now_s)
        return await _after(call, made, form.name)

    @table.post("/users/role", needs=CHANGE_USERS, page=True)
    async def set_role(call: Call, form: RoleForm) -> Response | Refusal:
        """Give a user another role."""
        assert call.user is not None
        return await _after(
            call, await call.context.db.write(staff.set_role, call.user, form.user, form.role, call.now_s)
        )

    @table.post("/users/disable", needs=CHANGE_USERS, page=True)
    async def disable_user(call: Call, form: UserForm) -> Response | Refusal:
        """Switch a user off."""
        assert call.user is not None
        return await _after(call, await call.context.db.write(staff.disable_user, call.user, form.user, call.now_s))

    @table.post("/users/enable", needs=CHANGE_USERS, page=True)
    async def enable_user(call: Call, form: UserForm) -> Response | Refusal:
        """Switch a user on again."""
        assert call.user is not None
        return await _after(call, await call.context.db.write(staff.enable_user, call.user, form.user, call.now_s))

    @table.post("/users/password", needs=CHANGE_USERS, page=True)
    async def reset_password(call: Call, form: OtherPasswordForm) -> Response | Refusal:
        """Give a user who forgot it another password."""
        assert call.user is not None
        return await _after(
            call, await door.reset_password(call.context.door, call.user, form.user, form.password, call.now_s)
        )

    @table.post("/users/app-off", needs=CHANGE_USERS, page=True)
    async def drop_app(call: Call, form: UserForm) -> Response | Refusal:
        """Switch off the authenticator app of a user who lost the phone."""
        assert call.user is not None
        return await _after(
            call, await call.context.db.write(staff.drop_second_factor, call.user, form.user, call.now_s)
        )


async def _after(call: Call, done: object, name: str = "") -> Response | Refusal:
    if isinstance(done, Refusal):
        return await _show(call, call.say(done.code, **done.values), name, status_of(done))
    return RedirectResponse("/users", 303)


async def _show(call: Call, refused: str = "", name: str = "", status: int = 200) -> Response | Refusal:
    assert call.user is not None
    found = await call.context.db.read(staff.list_users, call.user)
    if isinstance(found, Refusal):
        return found
    return page(
        call, "users.html", status, users=found, roles=list(ROLES), may_change=call.may(CHANGE_USERS), refused=refused,
        name=name,
    )  # fmt: skip
