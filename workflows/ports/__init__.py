"""What the steps ask of the outside world, in the domain's words; the adapters answer."""
