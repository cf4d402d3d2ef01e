"""What a stack's parameters and outputs say to an import."""

from operate.adapters.stacks import Stack
from operate.bulk.checking import Target
from workflows.domain.planning import StackDefaults


def target_of(stack: Stack) -> Target:
    return Target(
        stack_name=stack.name,
        defaults=StackDefaults(
            frequency_plan_id=stack.output("FrequencyPlanId"),
            claim_lorawan_version=stack.output("ClaimLoRaWANVersion"),
            claim_regional_parameters_version=stack.output("ClaimRegionalParametersVersion"),
        ),
        naming_scheme=stack.parameters.get("ThingNameScheme", "DevEUI"),
    )
