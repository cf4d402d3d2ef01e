"""Who may do what by template.yaml: the statements of every role."""

from tests.contract.sam_template import FUNCTIONS, RESOURCES, of_type


def as_list(value):
    return value if isinstance(value, list) else [value]


def given(node):
    """Return what stands under a condition of the template, as if the condition held."""
    return node["Fn::If"][1] if isinstance(node, dict) and "Fn::If" in node else node


MANAGED = {
    name: [given(one) for one in policy["PolicyDocument"]["Statement"]]
    for name, policy in of_type("AWS::IAM::ManagedPolicy").items()
}
# Attached by the account's administrators to people, and to no role of the stack.
OF_PEOPLE = ("ViewerPolicy", "OperatorPolicy")
APART = of_type("AWS::IAM::Policy")


def attached(role):
    """Return the logical IDs of a role's managed policies; those under a condition of the template, too."""
    listed = RESOURCES[role]["Properties"].get("ManagedPolicyArns", [])
    return [given(one)["Ref"] for one in listed]


def statements(role):
    """Return every statement that the role of this logical ID works under: its own, managed, and put on it apart."""
    properties = RESOURCES[role]["Properties"]
    own = [one for policy in properties.get("Policies", []) for one in policy["PolicyDocument"]["Statement"]]
    managed = [one for policy in attached(role) for one in MANAGED[policy]]
    apart = [
        one
        for policy in APART.values()
        if {"Ref": role} in policy["Roles"]
        for one in policy["PolicyDocument"]["Statement"]
    ]
    return own + managed + apart


def allowed(role):
    """Return every pair of action and resource, in the order of the template."""
    return pairs_in(statements(role))


def pairs_in(granting):
    """Return every pair of action and resource in these statements."""
    return [
        (action, given(resource))
        for statement in granting
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    ]


ROLES = list(of_type("AWS::IAM::Role"))
ROLE_OF = {function: properties["Role"]["Fn::GetAtt"][0] for function, properties in FUNCTIONS.items()}
