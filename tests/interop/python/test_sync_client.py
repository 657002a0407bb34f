"""python-socketio's threaded client (requests and websocket-client) against a node with the built-in events."""

import base64
import hashlib
import hmac
import json
import queue
import time
import unittest

import socketio
import socketio.exceptions

from servers import SECRET, start_troupe

MODES = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}


def token(**claims):
    def encode(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    text = encode({"alg": "HS256", "typ": "JWT"}) + b"." + encode({"exp": int(time.time()) + 600, **claims})
    signature = hmac.new(SECRET.encode(), text, hashlib.sha256).digest()
    return (text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


class SyncClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = start_troupe(auth__mode="token", auth__jwt__secret=SECRET, engine__ping_interval_ms=500)

    @classmethod
    def tearDownClass(cls):
        cls.node.stop()

    def connect(self, mode, user, *events, role="user"):
        client = socketio.Client(reconnection_delay=0.05)
        inbox = queue.Queue()
        for name in events:
            client.on(name, lambda data, name=name: inbox.put((name, data)))
        client.connect(self.node.url, transports=MODES[mode], auth={"token": token(userId=user, role=role)}, wait_timeout=5)
        self.addCleanup(client.disconnect)
        return client, inbox

    def test_conversation(self):
        for mode in MODES:
            with self.subTest(mode):
                room = f"room-{mode}"
                ann, _ = self.connect(mode, f"ann-{mode}")
                bob, inbox = self.connect(mode, f"bob-{mode}", "message:new", "new_message", "typing", "chat")
                for client in (ann, bob):
                    self.assertTrue(client.call("join_room", room, timeout=10)["ok"])
                answer = ann.call("message:send", {"room": room, "content": {"text": "é", "file": b"\x01\x02"}}, timeout=10)
                self.assertTrue(answer["ok"])
                name, message = inbox.get(timeout=10)
                self.assertEqual((name, message["from"], message["content"]), ("message:new", f"ann-{mode}", {"text": "é", "file": b"\x01\x02"}))
                self.assertEqual(message["seq"], answer["seq"])
                ann.call("typing", {"room": room, "typing": True}, timeout=10)
                self.assertEqual(inbox.get(timeout=10)[1], {"room": room, "userId": f"ann-{mode}", "typing": True})
                answer = ann.call("message:send", {"to": f"bob-{mode}", "content": "direct"}, timeout=10)
                self.assertEqual(answer["status"], "delivered")
                self.assertEqual(inbox.get(timeout=10)[1]["content"], "direct")
                producer, _ = self.connect(mode, "webhook", role="producer")
                self.assertTrue(producer.call("publish", {"room": room, "event": "chat", "data": {"n": 1}}, timeout=10)["ok"])
                self.assertEqual(inbox.get(timeout=10), ("chat", {"n": 1}))
                answer = ann.call("publish", {"room": room, "event": "chat", "data": 1}, timeout=10)
                self.assertEqual(answer["error"]["code"], "not_permitted")

    def test_bad_token(self):
        for mode in MODES:
            with self.subTest(mode):
                client = socketio.Client(reconnection=False)
                said = queue.Queue()
                client.on("connect_error", said.put)
                with self.assertRaises(socketio.exceptions.ConnectionError):
                    client.connect(self.node.url, transports=MODES[mode], auth={"token": "abc"}, wait_timeout=2)
                self.assertIn(said.get(timeout=5)["data"]["code"], ("unauthorized", "invalid_auth"))


if __name__ == "__main__":
    unittest.main()
