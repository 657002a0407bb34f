"""python-socketio's asyncio client against the application, over each way of transport."""

import asyncio
import logging
import os
import unittest
import warnings

import socketio
import socketio.exceptions

from servers import start_app

MODES = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}


logging.getLogger("asyncio").setLevel(logging.CRITICAL)
warnings.simplefilter("ignore", ResourceWarning)


class Inbox:
    """What a client received, event by event."""

    def __init__(self, client, *events, namespace="/"):
        self.queues = {name: asyncio.Queue() for name in events}
        for name, queue in self.queues.items():
            client.on(name, self._handler(queue), namespace=namespace)

    @staticmethod
    def _handler(queue):
        async def received(*args):
            await queue.put(args)

        return received

    async def next(self, name):
        return await asyncio.wait_for(self.queues[name].get(), 10)


class AsyncClient(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = start_app(engine__ping_interval_ms=500, engine__ping_timeout_ms=4000)

    @classmethod
    def tearDownClass(cls):
        cls.app.stop()

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # it is slow, and tells of sessions that the client leaves to the collector
        self.clients = []

    async def asyncTearDown(self):
        for client in self.clients:
            await client.disconnect()

    def client(self, **options):
        client = socketio.AsyncClient(reconnection_delay=0.05, reconnection_delay_max=0.2, **options)
        self.clients.append(client)
        return client

    async def connect(self, mode, *, events=(), namespaces=("/",), **options):
        client = self.client()
        inbox = Inbox(client, "auth", *events)
        await client.connect(self.app.url, transports=MODES[mode], namespaces=list(namespaces), wait_timeout=5, **options)
        return client, inbox

    async def each_mode(self, body):
        for mode in MODES:
            with self.subTest(mode):
                await asyncio.wait_for(body(mode), 30)

    async def test_auth_reaches_the_application(self):
        async def body(mode):
            _, inbox = await self.connect(mode, auth={"token": "abc", "n": [1, {"ä": None}]})
            self.assertEqual(await inbox.next("auth"), ({"token": "abc", "n": [1, {"ä": None}]},))

        await self.each_mode(body)

    async def test_upgrade_happens(self):
        client, _ = await self.connect("upgrade")
        self.assertEqual(client.transport(), "websocket")
        client, _ = await self.connect("polling")
        self.assertEqual(client.transport(), "polling")

    async def test_acks_both_ways(self):
        async def body(mode):
            client, inbox = await self.connect(mode, events=("answered", "echo-back"))
            values = (1, "zwei", None, [True, {"x": 1.5}])
            self.assertEqual(tuple(await client.call("echo", values, timeout=10)), values)
            self.assertEqual(await inbox.next("echo-back"), values)
            client.on("question", lambda *args: ("fine", list(args)))
            await client.emit("ask", ("how", 2))
            self.assertEqual(await inbox.next("answered"), (["fine", ["how", 2]],))

        await self.each_mode(body)

    async def test_binary_both_ways(self):
        async def body(mode):
            client, inbox = await self.connect(mode, events=("attachments",))
            parts = [os.urandom(i * 100) for i in range(10)]
            value = {"list": parts[:9], "deep": {"er": parts[9]}, "text": "between"}
            self.assertEqual(await client.call("echo", value, timeout=10), value)
            await client.emit("attachments", 10)
            self.assertEqual(await inbox.next("attachments"), ([bytes([i]) for i in range(10)],))
            large = os.urandom(600_000)
            self.assertEqual(await client.call("echo", large, timeout=10), large)

        await self.each_mode(body)

    async def test_order(self):
        async def body(mode):
            client, inbox = await self.connect(mode, events=("echo-back", "flood"))
            for i in range(300):
                await client.emit("echo", i)
            self.assertEqual([(await inbox.next("echo-back"))[0] for _ in range(300)], list(range(300)))
            # More than a poll may hold: this client gives up on answers of more than 16 packets.
            await client.emit("flood", (200, 50))
            self.assertEqual([(await inbox.next("flood"))[0] for _ in range(200)], list(range(200)))

        await self.each_mode(body)

    async def test_900_kb(self):
        async def body(mode):
            client, _ = await self.connect(mode)
            text = "x" * 900_000
            self.assertEqual(await client.call("echo", text, timeout=10), text)

        await self.each_mode(body)

    async def test_namespaces(self):
        async def body(mode):
            client, _ = await self.connect(mode, namespaces=["/", "/custom", "/tenant-1"])
            self.assertEqual(len({client.get_sid(n) for n in ("/", "/custom", "/tenant-1")}), 3)
            for nsp in ("/", "/custom", "/tenant-1"):
                self.assertEqual(await client.call("echo", nsp, namespace=nsp, timeout=10), nsp)

        await self.each_mode(body)

    async def test_refusals(self):
        async def body(mode):
            client = self.client()
            inbox = Inbox(client, "connect_error", namespace="/private")
            with self.assertRaises(socketio.exceptions.ConnectionError):
                await client.connect(self.app.url, transports=MODES[mode], namespaces=["/private"], auth={"token": "wrong"}, wait_timeout=2)
            self.assertEqual(await inbox.next("connect_error"), ({"message": "not authorized", "data": {"code": "E_TOKEN", "retry": False}},))
            client = self.client()
            with self.assertRaises(socketio.exceptions.ConnectionError):
                await client.connect(self.app.url, transports=MODES[mode], namespaces=["/nope"], wait_timeout=2)

        await self.each_mode(body)

    async def test_lives_longer_than_many_heartbeats(self):
        pairs = [await self.connect(mode) for mode in MODES]
        sids = [client.sid for client, _ in pairs]
        await asyncio.sleep(2.5)
        for (client, _), sid in zip(pairs, sids):
            self.assertEqual(await client.call("echo", "alive", timeout=10), "alive")
            self.assertEqual(client.sid, sid)

    async def test_rooms(self):
        a, _ = await self.connect("websocket")
        b, inbox = await self.connect("polling", events=("said",))
        for client in (a, b):
            await client.call("join", "room", timeout=10)
        await a.emit("say", ("room", {"bytes": b"\x01\x02", "n": 1}))
        self.assertEqual(await inbox.next("said"), ({"bytes": b"\x01\x02", "n": 1},))

    async def test_disconnect_by_the_server(self):
        async def body(mode):
            client, _ = await self.connect(mode)
            gone = asyncio.Event()
            client.on("disconnect", gone.set)
            await client.emit("kick", True)
            await asyncio.wait_for(gone.wait(), 10)

        await self.each_mode(body)

    async def test_msgpack(self):
        async def body(mode):
            client = socketio.AsyncClient(serializer="msgpack")
            self.clients.append(client)
            await client.connect(self.app.url, transports=MODES[mode], wait_timeout=5)
            value = {"a": [1, -1, 2.5, None, True, "é"], "b": b"\x00\x01"}
            self.assertEqual(await client.call("echo", value, timeout=10), value)

        await self.each_mode(body)


class Reconnect(unittest.IsolatedAsyncioTestCase):
    async def test_comes_back_after_a_restart_of_the_server(self):
        for mode, transports in MODES.items():
            for kill in (False, True):
                if mode == "polling" and not kill:
                    continue  # this client takes the close packet of a poll as a farewell for good
                with self.subTest(mode, kill=kill), start_app() as app:
                    client = socketio.AsyncClient(reconnection_delay=0.05, reconnection_delay_max=0.2)
                    inbox = Inbox(client, "auth", "connect")
                    await client.connect(app.url, transports=transports, auth={"token": "kept"}, wait_timeout=5)
                    await inbox.next("auth")
                    await inbox.next("connect")
                    await asyncio.to_thread(app.stop, kill)
                    await asyncio.to_thread(app.start)
                    self.assertEqual(await inbox.next("auth"), ({"token": "kept"},))
                    self.assertEqual(await client.call("echo", "back", timeout=10), "back")
                    await client.disconnect()


if __name__ == "__main__":
    unittest.main()
