"""The journal in a DynamoDB table: one module for each right that it takes, so that a function reaches only its own."""
