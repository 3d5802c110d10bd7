"""People, roles, sessions, ingest keys and API tokens."""

from vedette.guard.access.access import Access
from vedette.guard.access.bootstrap import Bootstrap, Bootstrapped
from vedette.guard.access.credentials import Credentials, credentials_of, keys_of_request
from vedette.guard.access.dependencies import (
    AccessDep,
    CurrentPrincipal,
    CurrentProject,
    access_of,
    authenticate,
    require_role,
)
from vedette.guard.access.principal import Principal, Project, Role

__all__ = [
    "Access",
    "AccessDep",
    "Bootstrap",
    "Bootstrapped",
    "Credentials",
    "CurrentPrincipal",
    "CurrentProject",
    "Principal",
    "Project",
    "Role",
    "access_of",
    "authenticate",
    "credentials_of",
    "keys_of_request",
    "require_role",
]
