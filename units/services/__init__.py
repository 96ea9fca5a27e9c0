from units.services.idempotency import KeyUsedForAnotherBody, once
from units.services.people import (
    CannotDisableOneself,
    RoleAlreadyHeld,
    RoleEndsBeforeItBegins,
    check_role_is_free,
    create_person,
    disable_person,
    enable_person,
    end_role,
    grant_role,
    update_person,
)
from units.services.territories import BadUnitsFile, ImportResult, import_units
from units.services.tokens import create_token, digest_of, note_use, revoke_token
from units.services.tree import create_unit, update_unit

__all__ = [
    "BadUnitsFile",
    "CannotDisableOneself",
    "ImportResult",
    "KeyUsedForAnotherBody",
    "RoleAlreadyHeld",
    "RoleEndsBeforeItBegins",
    "check_role_is_free",
    "create_person",
    "create_token",
    "create_unit",
    "digest_of",
    "disable_person",
    "enable_person",
    "end_role",
    "grant_role",
    "import_units",
    "note_use",
    "once",
    "revoke_token",
    "update_person",
    "update_unit",
]
