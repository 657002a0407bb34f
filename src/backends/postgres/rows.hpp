#pragma once

#include "backends/postgres/binary.hpp"

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>

namespace troupe::postgres {

/// What a statement answered, in binary.
class rows {
 public:
  rows() = default;
  explicit rows(PGresult* r) : result_(r, &PQclear) {}

  bool empty() const { return !result_; }
  std::size_t size() const { return result_ ? static_cast<std::size_t>(PQntuples(result_.get())) : 0; }
  std::string_view bytes(std::size_t row, int column) const {
    const auto r = static_cast<int>(row);
    return {PQgetvalue(result_.get(), r, column), static_cast<std::size_t>(PQgetlength(result_.get(), r, column))};
  }
  std::uint64_t number(std::size_t row, int column) const { return from_bigint(bytes(row, column)); }
  bool yes(std::size_t row, int column) const { return from_bigint(bytes(row, column)) != 0; }

  ExecStatusType status() const { return PQresultStatus(result_.get()); }
  bool failed() const { return status() != PGRES_TUPLES_OK && status() != PGRES_COMMAND_OK; }
  /// Five characters; empty when PostgreSQL did not say.
  std::string_view sqlstate() const {
    const auto* code = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
    return code ? code : "";
  }
  /// The first line of the reason. Never the statement's values.
  std::string why() const {
    const auto* text = PQresultErrorField(result_.get(), PG_DIAG_MESSAGE_PRIMARY);
    return text ? text : "no reason given";
  }

 private:
  std::shared_ptr<PGresult> result_;
};

} // namespace troupe::postgres
