"""The register of personal data breaches (GDPR articles 33 and 34): one row per breach, which names no person."""

from sqlalchemy import CheckConstraint, Table

from schema.tables.columns import instant, link, metadata, number, public_id, text, texts, word, words
from schema.vocabulary import BreachNature, BreachWitness, Category

REGISTER = Category.REQUESTS

data_breach = Table(
    "data_breach",
    metadata,
    public_id(),
    link("controller_org_id", "organisation.id", "The controller whose data it is.", nullable=False, index=True),
    link("recorded_by_id", "member.id", "The DPO who wrote it down."),
    word("noticed_by", BreachWitness, REGISTER, "Who noticed it.", nullable=False),
    instant("began_at", REGISTER, "Since when, as far as it is known."),
    instant("noticed_at", REGISTER, "When the controller became aware of it.", nullable=False),
    instant("recorded_at", REGISTER, "When this was recorded.", nullable=False, now=True),
    words("natures", BreachNature, REGISTER, "What was violated."),
    texts("field_groups", REGISTER, "Which categories of data."),
    number("persons", REGISTER, "About how many persons."),
    text("description", REGISTER, "What happened, without naming anybody.", nullable=False),
    text("consequences", REGISTER, "What it is likely to lead to."),
    text("measures", REGISTER, "What is done about it."),
    instant("due_at", REGISTER, "72 hours after it was noticed (GDPR article 33).", nullable=False),
    instant("notified_at", REGISTER, "When the CNIL was notified."),
    text("notification_reference", REGISTER, "The CNIL's receipt."),
    text("late_reason", REGISTER, "Why it was notified after 72 hours."),
    text("no_risk_reason", REGISTER, "Why no notification was owed: a risk to persons is unlikely."),
    instant("informed_at", REGISTER, "When the persons were informed (GDPR article 34)."),
    text("not_informed_reason", REGISTER, "Why they were not."),
    CheckConstraint("noticed_at <= due_at", name="due_after"),
    CheckConstraint("notified_at <= due_at OR late_reason IS NOT NULL", name="late_with_reason"),
    CheckConstraint("(notified_at IS NULL) = (notification_reference IS NULL)", name="notified_with_receipt"),
    CheckConstraint("informed_at IS NULL OR not_informed_reason IS NULL", name="informed_or_not"),
    comment="Personal data breaches: who noticed, what, whom the controller told and when, or why not.",
)
