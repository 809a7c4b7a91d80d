"""The pages that people use: templates, and how they become answers; no database and no rule of its own."""
