"""What an operator may set up wrongly, each as what does it to a pipeline."""


def key(text, **rights):
    """Return what gives the stack another API key; with rights or a date, one that The Things Stack knows."""

    def put(pipeline):
        if rights:
            pipeline.simulator.control("POST", "api-keys", key=text, **rights)
        pipeline.deploy(API_KEY_SECRET_ARN=pipeline.secret("another-api-key", text))

    return put


def parameters(**variables):
    """Return what deploys the stack with other parameters."""
    return lambda pipeline: pipeline.deploy(**variables)
