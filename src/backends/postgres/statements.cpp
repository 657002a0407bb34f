#include "backends/postgres/statements.hpp"

#include <fmt/format.h>

namespace troupe::postgres {
namespace {

/// Functions are named after their version: nodes of two versions may share a database. $$ is the schema.
std::string in_schema(std::string_view schema, std::string_view sql) {
  std::string out;
  for (std::size_t at = 0;;) {
    const auto mark = sql.find("$$", at);
    out += sql.substr(at, mark - at);
    if (mark == sql.npos)
      return out;
    out += fmt::format("\"{}\"", schema);
    at = mark + 2;
  }
}

/// A room's row is the fence and holds where its log ends; whoever appends has it locked to the end of the transaction. An index on
/// `expires` would make each append write to the index as well.
constexpr std::string_view tables = R"sql(
CREATE TABLE IF NOT EXISTS $$.room_logs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster text NOT NULL,
  room bytea NOT NULL,
  epoch bigint NOT NULL,
  seq bigint NOT NULL,
  entries bigint NOT NULL,
  expires timestamptz NOT NULL,
  UNIQUE (cluster, room)
) WITH (fillfactor = 60);
CREATE TABLE IF NOT EXISTS $$.room_log_entries (
  log bigint NOT NULL,
  epoch bigint NOT NULL,
  seq bigint NOT NULL,
  message bytea NOT NULL,
  PRIMARY KEY (log, epoch, seq)
);
)sql";

/// Each statement of a function sees what was committed before it began, so what others did before the row was locked is seen.
constexpr std::string_view append_function = R"sql(
CREATE FUNCTION $$.append_to_room_log_1(
  of_cluster text, of_room bytea, epochs bigint[], seqs bigint[], messages bytea[], most bigint, ttl_ms bigint,
  OUT taken boolean, OUT last_epoch bigint, OUT last_seq bigint)
LANGUAGE plpgsql AS $body$
DECLARE
  added constant bigint := coalesce(array_length(epochs, 1), 0);
  known_id bigint;
  known_entries bigint;
  expired boolean;
  surplus bigint;
  edge record;
BEGIN
  taken := false;
  LOOP
    SELECT l.id, l.epoch, l.seq, l.entries, l.expires <= now() INTO known_id, last_epoch, last_seq, known_entries, expired
      FROM $$.room_logs l WHERE l.cluster = of_cluster AND l.room = of_room FOR UPDATE;
    EXIT WHEN FOUND;
    last_epoch := 0;
    last_seq := 0;
    IF added = 0 THEN
      RETURN;
    END IF;
    INSERT INTO $$.room_logs (cluster, room, epoch, seq, entries, expires) VALUES (of_cluster, of_room, 0, 0, 0, 'infinity')
      ON CONFLICT DO NOTHING;
  END LOOP;
  IF expired THEN
    last_epoch := 0;
    last_seq := 0;
    IF added > 0 THEN
      DELETE FROM $$.room_log_entries e WHERE e.log = known_id;
      known_entries := 0;
    END IF;
  END IF;
  IF added = 0 OR (epochs[1], seqs[1]) <= (last_epoch, last_seq) THEN
    RETURN;
  END IF;
  INSERT INTO $$.room_log_entries (log, epoch, seq, message)
    SELECT known_id, a.epoch, a.seq, a.message FROM unnest(epochs, seqs, messages) AS a(epoch, seq, message);
  taken := true;
  last_epoch := epochs[added];
  last_seq := seqs[added];
  known_entries := known_entries + added;
  surplus := least(known_entries - most, 1000 + added);
  IF surplus > least(100, most / 10 + 1) THEN
    SELECT e.epoch, e.seq INTO edge FROM $$.room_log_entries e
      WHERE e.log = known_id ORDER BY e.epoch, e.seq OFFSET surplus - 1 LIMIT 1;
    DELETE FROM $$.room_log_entries e WHERE e.log = known_id AND (e.epoch, e.seq) <= (edge.epoch, edge.seq);
    known_entries := known_entries - surplus;
  END IF;
  UPDATE $$.room_logs l SET epoch = last_epoch, seq = last_seq, entries = known_entries,
      expires = now() + ttl_ms * interval '1 millisecond'
    WHERE l.id = known_id;
END
$body$;
)sql";

constexpr std::string_view remove_function = R"sql(
CREATE FUNCTION $$.remove_room_log_1(of_cluster text, of_room bytea, last_epoch bigint, last_seq bigint, OUT removed boolean)
LANGUAGE plpgsql AS $body$
DECLARE
  known_id bigint;
BEGIN
  UPDATE $$.room_logs l SET entries = 0
    WHERE l.cluster = of_cluster AND l.room = of_room AND l.entries > 0 AND l.expires > now()
      AND (l.epoch, l.seq) <= (last_epoch, last_seq) RETURNING l.id INTO known_id;
  removed := FOUND;
  IF removed THEN
    DELETE FROM $$.room_log_entries e WHERE e.log = known_id;
  END IF;
END
$body$;
)sql";

/// Of all clusters. Waits for nobody: a log that somebody has locked is in use.
constexpr std::string_view sweep_function = R"sql(
CREATE FUNCTION $$.sweep_room_logs_1(beyond bigint, looks bigint, most bigint, OUT reached bigint, OUT swept bigint)
LANGUAGE plpgsql AS $body$
DECLARE
  one record;
  gone bigint;
  looked bigint := 0;
BEGIN
  swept := 0;
  reached := beyond;
  FOR one IN SELECT l.id, l.expires <= now() AS expired FROM $$.room_logs l WHERE l.id > beyond ORDER BY l.id LIMIT looks LOOP
    looked := looked + 1;
    IF one.expired THEN
      PERFORM 1 FROM $$.room_logs l WHERE l.id = one.id AND l.expires <= now() FOR UPDATE SKIP LOCKED;
      IF FOUND THEN
        DELETE FROM $$.room_log_entries e WHERE e.log = one.id AND (e.epoch, e.seq) IN
          (SELECT o.epoch, o.seq FROM $$.room_log_entries o WHERE o.log = one.id ORDER BY o.epoch, o.seq LIMIT most);
        GET DIAGNOSTICS gone = ROW_COUNT;
        most := most - gone;
        IF most <= 0 THEN
          RETURN;
        END IF;
        DELETE FROM $$.room_logs l WHERE l.id = one.id;
        swept := swept + 1;
      END IF;
    END IF;
    reached := one.id;
  END LOOP;
  IF looked < looks THEN
    reached := 0;
  END IF;
END
$body$;
)sql";

/// The log's id as a value of its own, so that the entries come by their index, already in order.
constexpr std::string_view prepared = R"sql(
PREPARE append (text, bytea, bigint[], bigint[], bytea[], bigint, bigint) AS
  SELECT taken, last_epoch, last_seq FROM $$.append_to_room_log_1($1, $2, $3, $4, $5, $6, $7);
PREPARE read (text, bytea, bigint, bigint, bigint) AS
  SELECT e.epoch, e.seq, e.message FROM $$.room_log_entries e
  WHERE e.log = (SELECT l.id FROM $$.room_logs l WHERE l.cluster = $1 AND l.room = $2 AND l.expires > now())
    AND (e.epoch, e.seq) > ($3, $4) ORDER BY e.epoch, e.seq LIMIT $5;
PREPARE tail (text, bytea, bigint, bigint, bigint) AS
  SELECT e.epoch, e.seq, e.message FROM $$.room_log_entries e
  WHERE e.log = (SELECT l.id FROM $$.room_logs l WHERE l.cluster = $1 AND l.room = $2 AND l.expires > now())
    AND (e.epoch, e.seq) < ($3, $4) ORDER BY e.epoch DESC, e.seq DESC LIMIT $5;
PREPARE remove (text, bytea, bigint, bigint) AS SELECT removed FROM $$.remove_room_log_1($1, $2, $3, $4);
PREPARE sweep (bigint, bigint, bigint) AS SELECT reached, swept FROM $$.sweep_room_logs_1($1, $2, $3);
)sql";

} // namespace

const char* name_of(statement s) {
  switch (s) {
    case statement::append: return "append";
    case statement::read: return "read";
    case statement::tail: return "tail";
    case statement::remove: return "remove";
    case statement::sweep: return "sweep";
  }
  return "";
}

std::string schema_exists(const std::string& schema) {
  return fmt::format("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = '{}'", schema);
}

std::string make_schema(const std::string& schema) { return fmt::format("CREATE SCHEMA \"{}\"", schema); }

std::string tables_exist(const std::string& schema) {
  return fmt::format("SELECT 1 FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
                     "WHERE n.nspname = '{}' AND p.proname = 'sweep_room_logs_1'", schema);
}

std::string make_tables(const std::string& schema) {
  return in_schema(schema, tables) + in_schema(schema, append_function) + in_schema(schema, remove_function)
         + in_schema(schema, sweep_function);
}

std::string alone(const std::string& schema) {
  return fmt::format("BEGIN; SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('troupe room logs in {}'))", schema);
}

std::string prepare_all(const std::string& schema) { return in_schema(schema, prepared); }

} // namespace troupe::postgres
