"""The answer to a questionnaire (input and payload)."""

import strawberry

from schema.types.acts_fields import act_input, optional
from schema.types.described import public_type
from schema.types.links import ToSurveyResponse
from schema.types.mutation_parts import Refusable
from schema.types.words import TriState


@public_type
class SurveyResponsePayload(Refusable):
    """The answer, as the caller may see it now."""

    survey_response: ToSurveyResponse | None = strawberry.field(
        description="The answer; null when the act was refused."
    )


@act_input
class AnswerSurveyInput:
    """Answer a questionnaire for the caller's organisation; answering again replaces the first answer."""

    campaign: strawberry.ID = strawberry.field(description="Id of the campaign.")
    department_code: str = strawberry.field(description="Official code of the department where the service works.")
    confronted: TriState = strawberry.field(
        description="Whether the service is confronted with the exploitation of minors."
    )
    needs: str | None = optional("The needs it names.")
    resources: str | None = optional("The resources it names.")
    expected_version: str | None = optional(
        "Version of the answer last read; the act is refused when it has changed since."
    )
