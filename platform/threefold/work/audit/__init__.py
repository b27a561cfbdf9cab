"""The audit as a body reads it: who read or changed what, from where and for what, and how far it is sealed."""
