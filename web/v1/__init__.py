"""The protocol of OpenAI, for clients that speak it: chat completions, models and embeddings, under `/v1`."""
