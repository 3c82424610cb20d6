"""The job on site: life cycle, gas gate, checklist, photos, receipts."""
