"""The commands of `qa`, by what they are about; `qa.cli` puts them together."""
