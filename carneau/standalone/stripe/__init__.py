"""Stripe without a network: Checkout, refunds, events and webhooks, as the `stripe` library knows them."""

from carneau.standalone.stripe.settings import SimulatorSettings, Switches
from carneau.standalone.stripe.simulator import Simulator, create_simulator

__all__ = ["Simulator", "SimulatorSettings", "Switches", "create_simulator"]
