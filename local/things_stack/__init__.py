"""A simulator of The Things Stack's HTTP API, as far as registering and claiming devices needs it.

A request goes through ``web_application`` (routes, faults, errors as JSON) to the server it is for:
``identity_server`` with ``device_lists`` and ``accounts``; ``join_server``, ``network_server`` and
``application_server``, which share ``registry``; ``network_information``; ``webhook_registry``; ``claiming``;
``qr_codes``; ``frequency_plans``; ``repository_routes``. Each of these lists its ROUTES. ``control`` is the
simulator's own, under ``/_control``; by it devices act (``activity``), and ``delivery`` calls the webhooks.

What is not simulated: the radio, downlinks, limits of rate, cached rights, templates and health of webhooks, of
RFC 6570 in their URLs all but ``{variable}``; pictures, provisioners, relays, the fields of MAC states; an order of
models by name, and a search for them by words that are but alike. Where the genuine server names one of several
broken rules by chance, the simulator names always the same.
"""
