"""The station: the journey of a phone, the running bench, and everything it stands on except the hardware."""
