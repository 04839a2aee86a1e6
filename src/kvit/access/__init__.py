"""Who may: users, roles, sessions, the first code, keys, the audit log.

At the door: `kvit.access.door` (claim, log_in), then `kvit.access.service` (who, check_key, audit …) and
`kvit.access.staff` (users and keys). Against foreign pages: `kvit.access.csrf`. Imports are cheap; argon2 comes with
`kvit.access.password`.
"""

from kvit.access.model import Attempt, Identity, User
from kvit.access.role import PERMISSIONS, ROLES, SCOPES

__all__ = ["PERMISSIONS", "ROLES", "SCOPES", "Attempt", "Identity", "User"]
