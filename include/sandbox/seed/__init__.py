"""The seed: a company of any size in both services, with what hurts in it, the same for the same number."""

from include.sandbox.seed.filling import fill
from include.sandbox.seed.scale import OWN, BadScale, Scale, scale_of

__all__ = ["OWN", "BadScale", "Scale", "fill", "scale_of"]
