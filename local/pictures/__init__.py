"""Pictures for the docs, drawn from a real run on the local cloud: ``python -m local.pictures FOLDER``."""
