"""Lambda's entry points, a module each. It imports this package before any of them."""

from workflows.bootstrap.init import begin

begin()
