"""Every write: keyword-only, atomic, says who and why, leaves history."""

from reports.actions.assess import reassess
from reports.actions.audit import note, note_import
from reports.actions.door import writing
from reports.actions.mlpa import decide_sex, follow_sex_decision
from reports.actions.records import Saved, delete_record, save_record, save_records
from reports.actions.reports import store_report

__all__ = [
    "Saved",
    "decide_sex",
    "delete_record",
    "follow_sex_decision",
    "note",
    "note_import",
    "reassess",
    "save_record",
    "save_records",
    "store_report",
    "writing",
]
