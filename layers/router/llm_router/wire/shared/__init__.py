"""Parts of requests and replies that both wire formats share."""
