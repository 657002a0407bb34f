#pragma once
// libjose's headers are written for C alone. What they include comes first, so that only their own names become C.

#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <cstdarg>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <jose/b64.h>
#include <jose/cfg.h>
#include <jose/io.h>
#include <jose/jwk.h>
#include <jose/jws.h>
#include <jose/openssl.h>
}
