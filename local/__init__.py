"""The local cloud: MiniStack in AWS's place and, beside it, a simulator of The Things Stack."""
