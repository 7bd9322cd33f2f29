"""An AMQP 0-9-1 broker in the lab's process, on its event loop. It is no RabbitMQ."""
