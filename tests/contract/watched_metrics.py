"""Every metric that an alarm or a dashboard may name: what the services publish, and what our own code emits."""

from tests.contract.emissions import METRIC_LINES, STACK_NAME

_SQS = "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"
_LAMBDA = "lambda/latest/dg/monitoring-metrics-types.html"
_STATES = "step-functions/latest/dg/procedure-cw-metrics.html"
_API = "apigateway/latest/developerguide/http-api-metrics.html"
_IOT = "iot/latest/developerguide/metrics_dimensions.html"

# Namespace and metric -> the dimensions that it is published with, and the page of docs.aws.amazon.com that says so.
PUBLISHED = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ({"QueueName"}, _SQS),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): ({"QueueName"}, _SQS),
    ("AWS/SQS", "NumberOfMessagesSent"): ({"QueueName"}, _SQS),
    ("AWS/Lambda", "Errors"): ({"FunctionName"}, _LAMBDA),
    ("AWS/Lambda", "Throttles"): ({"FunctionName"}, _LAMBDA),
    ("AWS/Lambda", "IteratorAge"): ({"FunctionName"}, _LAMBDA),
    ("AWS/States", "ExecutionThrottled"): ({"StateMachineArn"}, _STATES),
    ("AWS/States", "ExecutionsAborted"): ({"StateMachineArn"}, _STATES),
    ("AWS/States", "ExecutionsStarted"): ({"StateMachineArn"}, _STATES),
    ("AWS/ApiGateway", "4xx"): ({"ApiId"}, _API),
    ("AWS/ApiGateway", "5xx"): ({"ApiId"}, _API),
    ("AWS/ApiGateway", "Count"): ({"ApiId"}, _API),
    ("AWS/IoT", "TopicMatch"): ({"RuleName"}, _IOT),
    ("AWS/IoT", "Failure"): ({"RuleName", "ActionType"}, _IOT),
    ("AWS/IoT", "ErrorActionFailure"): ({"RuleName", "ActionType"}, _IOT),
}
# What a dimension's value must be made from.
RESOURCE_TYPE_OF = {
    "QueueName": "AWS::SQS::Queue",
    "FunctionName": "AWS::Serverless::Function",
    "StateMachineArn": "AWS::StepFunctions::StateMachine",
    "RuleName": "AWS::IoT::TopicRule",
    "ApiId": "AWS::ApiGatewayV2::Api",
}


def _emitted():
    found = {}
    for line in METRIC_LINES:
        for directive in line["_aws"]["CloudWatchMetrics"]:
            for metric in directive["Metrics"]:
                for names in directive["Dimensions"]:
                    dimensions = {name: line[name] for name in names}
                    found.setdefault((directive["Namespace"], metric["Name"]), []).append(dimensions)
    return found


# Namespace and metric -> the dimensions, with values, under which the real code prints it.
EMITTED = _emitted()


def is_ours(namespace, metric, dimensions):
    """Return whether our code emits the metric with just these dimensions, as the template writes their values."""
    the_stack = ({"Ref": "AWS::StackName"}, "${AWS::StackName}")
    values = {name: STACK_NAME if value in the_stack else value for name, value in dimensions.items()}
    return values in EMITTED.get((namespace, metric), [])


def is_published(namespace, metric, dimensions, *, queried=False):
    """Return whether a service publishes the metric with these dimensions; a query need not name all."""
    names, _page = PUBLISHED.get((namespace, metric), (set(), None))
    return bool(names) and (set(dimensions) <= names if queried else set(dimensions) == names)
