"""The one door for writes: shut, unless an action of `reports/actions/` holds it open.

A record is created, changed or deleted only while the door is open, so that history, the audit
event and the reassessment of the child happen once and always. Reading never needs the door.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models


@dataclass(frozen=True)
class Holder:
    """Who holds the door open and why. `who` is text, as a programme has no account."""

    who: str
    account: AbstractBaseUser | None = None
    reason: str = ""


# None while the door is shut.
_holder: ContextVar[Holder | None] = ContextVar("reports_door_holder", default=None)


class WriteOutsideActions(RuntimeError):
    """A record was written without passing `reports/actions/`."""


@contextmanager
def open_door(holder: Holder) -> Iterator[None]:
    """Allow writes inside the block in the name of `holder`. For `reports/actions/` alone."""
    token = _holder.set(holder)
    try:
        yield
    finally:
        _holder.reset(token)


def current_holder() -> Holder:
    """Who holds the door open: history is written in this name and with this reason."""
    return _holder.get() or Holder("")


def holder_name() -> str:
    """The default of a history row's `history_who`."""
    return current_holder().who[:150]


def require_open_door(what: str) -> None:
    """Raise `WriteOutsideActions` unless an action holds the door open."""
    if _holder.get() is None:
        raise WriteOutsideActions(
            f"{what} outside reports/actions: history, audit and reassessment would be skipped."
        )


class GuardedQuerySet(models.QuerySet):
    """A queryset whose bulk writes need the open door like any other write."""

    def _guard(self, what: str) -> None:
        require_open_door(f"{what} on {self.model.__name__}")

    def update(self, **kwargs):
        self._guard("update()")
        return super().update(**kwargs)

    def delete(self):
        self._guard("delete()")
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_create(self, objs, *args, **kwargs):
        self._guard("bulk_create()")
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        self._guard("bulk_update()")
        return super().bulk_update(objs, fields, *args, **kwargs)


GuardedManager = models.Manager.from_queryset(GuardedQuerySet)
