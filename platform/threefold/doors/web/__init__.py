"""The web door: what stands around every request. The pages themselves are offered by the capabilities in `work/`."""
