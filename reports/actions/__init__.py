"""Every write: keyword-only, atomic, says who and why, leaves history."""

from reports.actions.assess import reassess, run_waiting_jobs
from reports.actions.audit import note, note_import
from reports.actions.cohorts import CohortChanged, freeze_cohort
from reports.actions.door import writing
from reports.actions.mlpa import decide_sex, follow_sex_decision, override_call
from reports.actions.records import Saved, delete_record, save_record, save_records
from reports.actions.reports import store_report
from reports.actions.risk import ComputationChanged, decide_risk

__all__ = [
    "CohortChanged",
    "ComputationChanged",
    "Saved",
    "decide_risk",
    "decide_sex",
    "delete_record",
    "follow_sex_decision",
    "freeze_cohort",
    "note",
    "note_import",
    "override_call",
    "reassess",
    "run_waiting_jobs",
    "save_record",
    "save_records",
    "store_report",
    "writing",
]
