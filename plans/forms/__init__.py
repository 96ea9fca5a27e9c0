from plans.forms.documents import DOCUMENT_BYTES, DocumentForm
from plans.forms.progress import PERCENTS, ProgressForm
from plans.forms.tasks import AssignForm

__all__ = ["DOCUMENT_BYTES", "PERCENTS", "AssignForm", "DocumentForm", "ProgressForm"]
