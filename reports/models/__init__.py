"""The records, one file a subject."""

from reports.models.assessment import Answer, Ikzf1Assessment
from reports.models.audit import Act, AuditEvent, ImportBatch
from reports.models.centre import Centre
from reports.models.cohort import SavedCohort
from reports.models.follow_up import Event, FollowUpEvent
from reports.models.fusion import FusionMethod, FusionResult, Result
from reports.models.job import Job, JobState
from reports.models.mlpa import (
    Call,
    Confirmation,
    MlpaRun,
    MlpaSample,
    Normalisation,
    ProbeRatio,
    Quality,
    SexCheck,
    SexDecision,
    Use,
)
from reports.models.patient import (
    Cns,
    Consent,
    Diagnosis,
    Findings,
    KaryotypeState,
    Patient,
    Sex,
    Synthetic,
    Testicular,
)
from reports.models.report import Kind, Report, ReportStatus, ReportVersion
from reports.models.response import (
    Glucocorticoid,
    GlucocorticoidResponse,
    MarrowAssessment,
    MarrowDay,
    MarrowStatus,
    Mrd,
    MrdMethod,
    MrdOperator,
)
from reports.models.risk import RiskAssessment, RiskGroup
from reports.models.specimen import Material, Specimen, TimePoint
from reports.models.variant import (
    Build,
    Classification,
    Consequence,
    Panel,
    SequencingRun,
    SequencingSample,
    Tier,
    Variant,
)

__all__ = [
    "Act",
    "Answer",
    "AuditEvent",
    "Build",
    "Call",
    "Centre",
    "Classification",
    "Cns",
    "Confirmation",
    "Consent",
    "Consequence",
    "Diagnosis",
    "Event",
    "Findings",
    "FollowUpEvent",
    "FusionMethod",
    "FusionResult",
    "Glucocorticoid",
    "GlucocorticoidResponse",
    "Ikzf1Assessment",
    "ImportBatch",
    "Job",
    "JobState",
    "KaryotypeState",
    "Kind",
    "MarrowAssessment",
    "MarrowDay",
    "MarrowStatus",
    "Material",
    "MlpaRun",
    "MlpaSample",
    "Mrd",
    "MrdMethod",
    "MrdOperator",
    "Normalisation",
    "Panel",
    "Patient",
    "ProbeRatio",
    "Quality",
    "Report",
    "ReportStatus",
    "ReportVersion",
    "Result",
    "RiskAssessment",
    "RiskGroup",
    "SavedCohort",
    "SequencingRun",
    "SequencingSample",
    "Sex",
    "SexCheck",
    "SexDecision",
    "Specimen",
    "Synthetic",
    "Testicular",
    "Tier",
    "TimePoint",
    "Use",
    "Variant",
]
