// Settings of the producer, all from the environment. A missing or odd one stops the start with a sentence.

const hour_ms = 3_600_000;

export function readConfig(env = process.env) {
  return {
    host: env.HOST || '127.0.0.1',
    port: whole(env, 'PORT', 3100, 0, 65_535),
    troupe: {
      url: env.TROUPE_URL || 'http://127.0.0.1:3001',
      token: env.TROUPE_TOKEN || '', // with the role "producer"; empty: a node in anonymous mode
      ack_timeout_ms: whole(env, 'TROUPE_ACK_TIMEOUT_MS', 1_500, 100, 60_000), // Zalo waits 2 s for its answer
      max_in_flight: whole(env, 'TROUPE_MAX_IN_FLIGHT', 100, 1, 10_000),
    },
    zalo: {
      app_id: required(env, 'ZALO_APP_ID'),
      secret_key: required(env, 'ZALO_OA_SECRET_KEY'), // of the Official Account, not of the app
      // Zalo repeats a post that was not answered by 200 for up to 12 hours: a shorter window loses messages.
      max_age_ms: whole(env, 'ZALO_MAX_AGE_MS', 12 * hour_ms, 1_000, 48 * hour_ms),
      max_ahead_ms: 5 * 60_000, // clocks differ
    },
    max_body_bytes: whole(env, 'MAX_BODY_BYTES', 262_144, 1_024, 1_000_000),
    max_remembered_ids: whole(env, 'MAX_REMEMBERED_IDS', 10_000, 1, 1_000_000),
  };
}

function required(env, name) {
  if (env[name]) return env[name];
  throw new Error(`${name} is not set; README.md lists what is needed`);
}

function whole(env, name, fallback, least, most) {
  if (env[name] === undefined || env[name] === '') return fallback;
  const value = Number(env[name]);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${name} is "${env[name]}"; expected a whole number from ${least} to ${most}`);
}
