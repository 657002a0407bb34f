// JSON Web Tokens (HS256) for nodes started with `tokenAuth`.
import { createHmac } from "node:crypto";
import { secret } from "./servers.mjs";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token that is valid for an hour, unless `claims` say otherwise. */
export function token(claims, { key = secret, header = { alg: "HS256", typ: "JWT" } } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const text = `${encode(header)}.${encode({ iat: now, exp: now + 3600, ...claims })}`;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}
