"""The same commit always gives the same result; a failure prints the program that leads to it, shrunk."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "model",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=1000,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("model")
