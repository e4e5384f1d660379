"""What leaves the station: mail."""
