"""What each step at the self-service portal does to the broker.

Source: "Endringer i RabbitMQ" in docs/datadeling/teknisk-plattform/brom.md (sikt-no/docs). Every
step may be repeated. Raises the door's Refused.
"""

from intark_lab.messages.brom import names
from intark_lab.messages.brom.applications import Application
from intark_lab.messages.door import Door


async def register(door: Door, application: Application) -> None:
    """A virtual host, a user who may do everything in it, and an exchange to publish to."""
    vhost = application.vhost
    await door.create_vhost(vhost)
    await door.create_user(vhost, application.password)
    await door.permit(vhost, vhost)
    await door.create_exchange(vhost, names.outgoing(vhost))


async def unregister(door: Door, application: Application) -> None:
    await door.delete_vhost(application.vhost)
    await door.delete_user(application.vhost)


async def ask(door: Door, consumer: Application, provider: Application) -> None:
    """An exchange and a queue at the consumer, for what this provider may come to send."""
    name = names.incoming(provider.name)
    await door.create_exchange(consumer.vhost, name)
    await door.create_queue(consumer.vhost, name)
    await door.bind(consumer.vhost, name, name)


async def approve(door: Door, consumer: Application, provider: Application) -> None:
    """A queue of copies at the provider, and a shovel from it to the consumer's exchange.

    The shovel comes before the binding, so that copies never wait for one that is not there.
    """
    await ask(door, consumer, provider)
    queue = names.copies(consumer.name)
    await door.create_queue(provider.vhost, queue)
    await door.create_shovel(
        names.shovel(provider.vhost, consumer.vhost),
        *(provider.vhost, queue),
        *(consumer.vhost, names.incoming(provider.name)),
    )
    await door.bind(provider.vhost, names.outgoing(provider.vhost), queue)


async def remove(door: Door, consumer: Application, provider: Application) -> None:
    """The shovel and the provider's queue go; what has arrived stays with the consumer."""
    await door.delete_shovel(names.shovel(provider.vhost, consumer.vhost))
    await door.delete_queue(provider.vhost, names.copies(consumer.name))
