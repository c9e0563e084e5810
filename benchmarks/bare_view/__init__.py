"""A bare Django view to measure the exam room against. Nothing in the product imports this or leads here."""
