"""The attached screen: the service's half (server), the window's half (window, memory, surface), what both draw by, and
where the window and the operator's terminal stand in the kiosk session (arranging)."""
