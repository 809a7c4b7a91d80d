"""The acts of a data protection officer, who answers persons and the CNIL within their time."""

from schema.types.acts_control import (
    AnswerSubjectRequestInput,
    CompleteDataBreachInput,
    DataBreachPayload,
    DismissDataBreachInput,
    ExtendSubjectRequestInput,
    InformOfDataBreachInput,
    NotifyDataBreachInput,
    RecordDataBreachInput,
    RecordSubjectRequestInput,
    SubjectRequestPayload,
    UpdateSubjectRequestInput,
)
from schema.types.described import public_type
from schema.types.mutation_parts import act


@public_type
class ControlMutation:
    """What a data protection officer does (inherited, never shown itself)."""

    record_subject_request: SubjectRequestPayload = act(
        "Take down a person's request about their data; it is to be answered within a month.",
        RecordSubjectRequestInput,
        SubjectRequestPayload,
    )
    update_subject_request: SubjectRequestPayload = act(
        "Tie a request to a situation, or write down that its author is who they say.",
        UpdateSubjectRequestInput,
        SubjectRequestPayload,
    )
    extend_subject_request: SubjectRequestPayload = act(
        "Take two months more for a request, once, with the reason.", ExtendSubjectRequestInput, SubjectRequestPayload
    )
    answer_subject_request: SubjectRequestPayload = act(
        "Close a request with what was decided; an access is granted once its export was made.",
        AnswerSubjectRequestInput,
        SubjectRequestPayload,
    )
    record_data_breach: DataBreachPayload = act(
        "Write a breach of personal data into the register; the CNIL is to be notified within 72 hours.",
        RecordDataBreachInput,
        DataBreachPayload,
    )
    complete_data_breach: DataBreachPayload = act(
        "Add what has become known of a breach.", CompleteDataBreachInput, DataBreachPayload
    )
    notify_data_breach: DataBreachPayload = act(
        "Write down that the CNIL was notified of a breach.", NotifyDataBreachInput, DataBreachPayload
    )
    dismiss_data_breach: DataBreachPayload = act(
        "Decide that a breach need not be notified, with the reason.", DismissDataBreachInput, DataBreachPayload
    )
    inform_of_data_breach: DataBreachPayload = act(
        "Write down that the persons were informed of a breach, or why not.", InformOfDataBreachInput, DataBreachPayload
    )
