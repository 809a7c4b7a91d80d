"""What exists in a demonstration only: invented partners, their tools, and the card that says what to try."""
