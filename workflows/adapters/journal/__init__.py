"""The journal in a DynamoDB table: one module for each permission, so a function reaches only its own."""
