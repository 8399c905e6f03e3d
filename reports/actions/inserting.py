"""New rows of one model and their history, in as few statements as the database allows.

A sequenced exome has a hundred thousand variants: built and checked row by row they take minutes.
Here a column is checked at once, the rows go in by COPY (PostgreSQL) or one prepared statement
(SQLite), and the database itself copies them into the history. What is stored is the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import connections, models, router
from django.db.models import ForeignKey
from django.utils import timezone

from reports.models.door import current_holder, require_open_door
from reports.models.record import Record

# What `Record.clean_fields` refuses in text that does not span lines.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMBERS = {
    "FloatField": float,
    "BigIntegerField": int,
    "IntegerField": int,
    "PositiveIntegerField": int,
    "PositiveSmallIntegerField": int,
    "PositiveBigIntegerField": int,
    "SmallIntegerField": int,
}
_HISTORY = ("history_date", "history_change_reason", "history_type", "history_user_id",
            "history_who")  # fmt: skip


def surely_right(model: type[Record], records: Sequence[Record]) -> bool:
    """Whether `clean_fields` (without foreign keys) would take every record as it is.

    Checked column by column. False means "ask each record": then it says what is wrong, or trims.
    """
    if model.clean_fields is not Record.clean_fields:
        return False
    if model.tidy is not Record.tidy:
        for record in records:
            record.tidy()
    return all(
        _column_right(field, records, field.name in model.many_lines)
        for field in model._meta.concrete_fields
        if not (field.primary_key or isinstance(field, ForeignKey) or _automatic(field))
    )


def _column_right(field: models.Field, records: Sequence[Record], many_lines: bool) -> bool:
    values = list(map(attrgetter(field.attname), records))
    kind = field.get_internal_type()
    if type(field) in (models.CharField, models.TextField) and not many_lines:
        return _text_right(field, values)
    if kind in _NUMBERS:
        return _numbers_right(field, values, _NUMBERS[kind])
    if type(field) in (models.JSONField, models.BinaryField, models.DateField):
        return _each_right(field, values, records)
    return False


def _text_right(field: models.Field, values: list[Any]) -> bool:
    if not all(isinstance(value, str) for value in values):
        return False
    distinct = set(values)
    if field.choices and not distinct <= {value for value, _label in field.flatchoices} | {""}:
        return False
    known = all(isinstance(item, MaxLengthValidator) or _no_nul(item) for item in field.validators)
    return (
        known
        and (field.blank or "" not in distinct)
        and max(map(len, distinct), default=0) <= (field.max_length or len(max(distinct, key=len)))
        and all(value.strip() == value for value in distinct)
        and not _CONTROL.search("".join(distinct))
    )


def _no_nul(validator: Any) -> bool:
    """A form's own check, which the check for control characters contains."""
    return type(validator).__name__ == "ProhibitNullCharactersValidator"


def _numbers_right(field: models.Field, values: list[Any], kind: type) -> bool:
    found = [value for value in values if value is not None]
    if len(found) < len(values) and not field.null:
        return False
    if not all(type(value) is kind for value in found) or any(value != value for value in found):
        return False
    for validator in field.validators:
        if isinstance(validator, MinValueValidator):
            if found and min(found) < validator.limit_value:
                return False
        elif isinstance(validator, MaxValueValidator):
            if found and max(found) > validator.limit_value:
                return False
        else:
            return False
    return True


def _each_right(field: models.Field, values: list[Any], records: Sequence[Record]) -> bool:
    try:
        for value, record in zip(values, records, strict=True):
            if not (field.blank and value in field.empty_values):
                field.clean(value, record)
    except ValidationError:
        return False
    return True


def _automatic(field: models.Field) -> bool:
    """Set while it is stored: the version, and the times of entry and change."""
    return field.name in ("version", "created_at", "updated_at")


def insert_with_history(model: type[Record], records: Sequence[Record], *, reason: str) -> None:
    """Store new `records`, already checked, and the first row of history of each.

    Gives each its key. A record may point to another one that was new and has its key by now.
    Raises django.db.IntegrityError where the database refuses a row.
    """
    require_open_door(f"insert of {model.__name__}")
    connection = connections[router.db_for_write(model)]
    fields = model._meta.concrete_fields
    keys = _reserved(connection, model, len(records))
    now = timezone.now()
    for record, key in zip(records, keys, strict=True):
        record.pk = key
    columns = [_column(field, records, now, connection) for field in fields]
    names = [field.column for field in fields]
    with connection.wrap_database_errors:
        _insert(connection, model._meta.db_table, names, zip(*columns, strict=True))
    _copy_to_history(connection, model, keys, now=now, reason=reason)
    for record in records:
        record._state.adding, record._state.db = False, connection.alias


def _reserved(connection: Any, model: type[Record], count: int) -> list[int]:
    """Keys that nobody else will get, ascending."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [f'"{table}"', key, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The table of SQLite's AUTOINCREMENT; writing first takes the lock.
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, table])
        if cursor.rowcount == 0:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)",
                           [table, count])  # fmt: skip
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        (last,) = cursor.fetchone()
        return list(range(last - count + 1, last + 1))


def _column(field: models.Field, records: Sequence[Record], now: Any, connection: Any) -> list[Any]:
    """The values of one field as the database driver takes them."""
    if isinstance(field, models.DateTimeField) and (field.auto_now or field.auto_now_add):
        for record in records:
            setattr(record, field.attname, now)
        return [field.get_db_prep_save(now, connection)] * len(records)
    if isinstance(field, ForeignKey):
        for record in records:
            if getattr(record, field.attname) is None and field.is_cached(record):
                # Named by the object, as setting the key alone would forget it.
                setattr(record, field.name, field.get_cached_value(record))
        return list(map(attrgetter(field.attname), records))
    if type(field).pre_save is models.Field.pre_save:
        values = list(map(attrgetter(field.attname), records))
    else:
        values = [field.pre_save(record, True) for record in records]
    if type(field) in (models.CharField, models.TextField):
        # A member of a list of choices is text of another type, which drivers write by its name.
        return [
            value if type(value) is str or value is None else str.__str__(value) for value in values
        ]
    if field.get_internal_type() in _NUMBERS or field.primary_key:
        return values
    return [field.get_db_prep_save(value, connection) for value in values]


def _insert(connection: Any, table: str, names: list[str], rows: Any) -> None:
    quote = connection.ops.quote_name
    listed = ", ".join(map(quote, names))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(table)} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {quote(table)} ({listed}) VALUES ({places})", rows)


def _copy_to_history(
    connection: Any, model: type[Record], keys: list[int], *, now: Any, reason: str
) -> None:
    quote = connection.ops.quote_name
    history = model.history.model
    kept = [field.column for field in history.tracked_fields]
    holder = current_holder()
    values = [
        history._meta.get_field("history_date").get_db_prep_save(now, connection),
        reason[: history._meta.get_field("history_change_reason").max_length],
        "+",
        holder.account.pk if holder.account else None,
        holder.who[:150],
    ]
    columns = ", ".join(map(quote, [*kept, *_HISTORY]))
    places = ", ".join(["%s"] * len(values))
    key = quote(model._meta.pk.column)
    statement = (
        f"INSERT INTO {quote(history._meta.db_table)} ({columns}) "
        f"SELECT {', '.join(map(quote, kept))}, {places} FROM {quote(model._meta.db_table)} "
        f"WHERE {key} BETWEEN %s AND %s"
    )
    bounds: list[Any] = [keys[0], keys[-1]]
    if keys[-1] - keys[0] + 1 != len(keys):  # others drew keys meanwhile
        statement += f" AND {key} = ANY(%s)"
        bounds.append(keys)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ORDER BY {key}", [*values, *bounds])
