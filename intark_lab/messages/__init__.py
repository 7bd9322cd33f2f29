"""The queue: an AMQP 0-9-1 broker of the lab's own, or a RabbitMQ behind the same door."""
