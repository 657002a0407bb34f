"""Signs or checks one token with PyJWT, for interop_test.cpp.

sign ALG KEYFILE CLAIMS   prints the token
check ALG KEYFILE TOKEN   prints the claims, or fails
"""
import json
import sys

import jwt

action, algorithm, key_file, what = sys.argv[1:]
with open(key_file, encoding="utf-8") as file:
    key = file.read()
if action == "sign":
    print(jwt.encode(json.loads(what), key, algorithm=algorithm))
else:
    print(json.dumps(jwt.decode(what, key, algorithms=[algorithm]), sort_keys=True))
