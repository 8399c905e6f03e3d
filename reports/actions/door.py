"""The outermost action: one transaction, one person, one reason, one reassessment of each child."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from reports.models.door import Holder, open_door

Actor = AbstractBaseUser | str


@dataclass
class Writing:
    """What one action does: who, why, and whose assessment it touched."""

    by: Actor
    reason: str
    touched: set[int] = field(default_factory=set)
    # Children whose rules changed: another protocol of their centre, a rule set vouched for.
    by_rule: set[int] = field(default_factory=set)

    @property
    def who(self) -> str:
        """The person as text: it stays readable when the account is gone."""
        return who(self.by)

    @property
    def user(self) -> AbstractBaseUser | None:
        return self.by if isinstance(self.by, AbstractBaseUser) else None

    def touch(self, patient_id: int | None) -> None:
        """Remember that this child must be assessed again when the action ends."""
        if patient_id is not None:
            self.touched.add(patient_id)

    def touch_by_rule(self, patient_ids: Iterable[int]) -> None:
        """A rule of these children changed: assessed again at once, or by a job where many."""
        self.by_rule.update(patient_ids)


_current: ContextVar[Writing | None] = ContextVar("reports_writing", default=None)


def who(by: Actor) -> str:
    return by.get_username() if isinstance(by, AbstractBaseUser) else str(by)


@contextmanager
def writing(*, by: Actor, reason: str) -> Iterator[Writing]:
    """Hold the door open: everything inside is one transaction with one reason.

    An action inside an action joins it. When the outermost one ends, every child it touched is
    assessed again, once. Raises ValueError without a person.
    """
    outer = _current.get()
    if outer is not None:
        # No savepoint: once a part has failed, the whole action can only be undone.
        with transaction.atomic(savepoint=False):
            yield outer
        return
    if not who(by):
        raise ValueError("An action needs a person or the name of a programme.")
    # Imported late: the assessment writes through this door itself.
    from reports.actions.assess import AT_ONCE, postpone, reassess
    from reports.actions.mlpa import recheck_sex

    act = Writing(by=by, reason=reason.strip())
    with transaction.atomic(), open_door(Holder(act.who, act.user, act.reason)):
        token = _current.set(act)
        try:
            yield act
            if act.touched:
                recheck_sex(patient_ids=frozenset(act.touched), by=by, reason=reason)
            if len(act.by_rule) > AT_ONCE:
                postpone(patient_ids=act.by_rule - act.touched, by=by, reason=reason)
            else:
                act.touched |= act.by_rule
            if act.touched:
                reassess(patient_ids=frozenset(act.touched), by=by, reason=reason)
        finally:
            _current.reset(token)
