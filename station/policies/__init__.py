"""Policy documents: Google's JSON for what a device must obey, and what each management mode makes of it.

`reading` takes JSON or YAML, `validation` holds a document against the discovery document's schema, `fitting` says which of its
options a mode ignores, weakens or refuses, `difference` compares two documents, `secrets` keeps passwords out of them. All are
pure functions; `catalogue` is the data that `fitting` judges by.
"""
