#pragma once
// What is said to PostgreSQL. docs/recovery.md shows the tables.

#include <string>

namespace troupe::postgres {

/// Prepared on each connection; results are binary.
enum class statement {
  append, ///< cluster, room, epochs, seqs, messages, max_entries, ttl in ms -> taken, epoch, seq: where the log ends
  read,   ///< cluster, room, epoch, seq, limit -> epoch, seq, message: what is beyond, oldest first
  tail,   ///< the same -> what is before, newest first
  remove, ///< cluster, room, epoch, seq: the last position that may be there -> whether entries went
  sweep,  ///< id, logs to look at, entries to delete at most -> id up to which it got (0: the end), logs deleted
};

/// Its name on the connection.
const char* name_of(statement s);

/// Every name in SQL below is in `schema`, which holds letters, digits and underscores only.
/// Makes the schema, unless it is there: told by `schema_exists`.
std::string schema_exists(const std::string& schema);
std::string make_schema(const std::string& schema);
/// What was made before the present version's functions is kept; they come last, so where they are, all is.
std::string tables_exist(const std::string& schema);
std::string make_tables(const std::string& schema);
/// Begins a transaction in which nobody else makes the same.
std::string alone(const std::string& schema);
std::string prepare_all(const std::string& schema);

} // namespace troupe::postgres
