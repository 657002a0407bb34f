#include "backends/postgres/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <poll.h>

namespace troupe::postgres {
namespace {

error unavailable(std::string why) { return error{"postgres_unavailable", std::move(why)}; }

/// libpq's texts end lines, and go on with hints.
std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

} // namespace

result<std::unique_ptr<connection>> connection::open(const options& o, await wait) {
  const auto until = clock::now() + o.connect_timeout;
  const auto user_timeout = std::to_string(o.timeout.count());
  // Before the connection string, which may say otherwise; behind it what has to be so.
  constexpr const char* program = "fallback_application_name";
  const char* const names[] = {program, "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
                               "dbname", "client_encoding", nullptr};
  const char* const values[] = {"troupe", user_timeout.c_str(), "10", "5", o.url.c_str(), "UTF8", nullptr};
  handle pg{PQconnectStartParams(names, values, 1), &PQfinish};
  if (!pg)
    return unavailable("no memory for a connection");
  std::unique_ptr<connection> c{new connection(std::move(pg), o, std::move(wait))};
  if (auto r = c->connect(until); !r)
    return r.error();
  if (auto r = c->set_up(until); !r)
    return r.error();
  return c;
}

result<bool> connection::connect(time_point until) {
  if (PQstatus(pg_.get()) == CONNECTION_BAD)
    return unavailable(trouble());
  for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = PQconnectPoll(pg_.get())) {
    if (state == PGRES_POLLING_FAILED)
      return unavailable(trouble());
    if (!wait_(socket(), state == PGRES_POLLING_READING ? POLLIN : POLLOUT, until))
      return unavailable(fmt::format("no connection within {} ms", options_.connect_timeout.count()));
  }
  PQsetNoticeProcessor(pg_.get(), [](void*, const char*) {}, nullptr); // they would go to standard error
  if (PQsetnonblocking(pg_.get(), 1) != 0)
    return unavailable(trouble());
  return true;
}

/// PostgreSQL gives up before this side does, so that a call that takes too long does not cost the connection. Sessions of machines
/// that vanished end, with their locks.
result<bool> connection::set_up(time_point until) {
  const auto settings = fmt::format(
    "SET statement_timeout = {}; SET lock_timeout = {}; SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED; "
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SHOW transaction_read_only",
    options_.timeout.count() * 3 / 4, options_.timeout.count() / 2);
  const auto read_only = run(settings, until);
  if (!read_only)
    return read_only.error();
  if (read_only->size() == 1 && read_only->bytes(0, 0) == "on")
    return unavailable("it takes no writes");
  const auto there = run(tables_exist(options_.schema), until);
  if (!there)
    return there.error();
  if (there->size() == 0)
    if (auto r = make_tables(until); !r)
      return r.error();
  if (auto r = run(prepare_all(options_.schema), until); !r)
    return r.error();
  if (PQenterPipelineMode(pg_.get()) != 1)
    return unavailable(trouble());
  return true;
}

/// All nodes may come here at once.
result<bool> connection::make_tables(time_point until) {
  if (auto r = run(alone(options_.schema), until); !r)
    return r.error();
  const auto there = run(tables_exist(options_.schema), until);
  if (!there)
    return there.error();
  if (there->size() == 0) {
    const auto schema = run(schema_exists(options_.schema), until);
    if (!schema)
      return schema.error();
    if (auto r = run((schema->size() == 0 ? make_schema(options_.schema) + ";" : "") + postgres::make_tables(options_.schema), until); !r)
      return r.error();
  }
  if (auto r = run("COMMIT", until); !r)
    return r.error();
  return true;
}

result<rows> connection::run(const std::string& sql, time_point until) {
  if (PQsendQuery(pg_.get(), sql.c_str()) == 0)
    return lost("not sent");
  rows last;
  for (;;) {
    auto r = next(until);
    if (!r)
      return r.error();
    if (r->empty())
      return last;
    if (r->failed())
      return unavailable(r->why());
    last = std::move(*r);
  }
}

bool connection::send(const call& c) {
  std::vector<const char*> values;
  std::vector<int> sizes;
  const std::vector<int> binary(c.values.size(), 1);
  for (const auto& v : c.values) {
    values.push_back(v.data());
    sizes.push_back(static_cast<int>(v.size()));
  }
  return PQsendQueryPrepared(pg_.get(), name_of(c.what), static_cast<int>(values.size()), values.data(), sizes.data(), binary.data(), 1) == 1;
}

/// What stands between two marks of the pipeline is one transaction.
result<connection::outcome> connection::carry_out(std::span<const call> calls, time_point until) {
  outcome o;
  for (const auto& c : calls)
    if (!send(c))
      return lost("not sent");
  if (PQpipelineSync(pg_.get()) == 0)
    return lost("not sent");
  // Of each call: its answer, then nothing. Of the mark: itself, when the transaction is over, or first why that failed.
  for (std::size_t of = 0;;) {
    auto r = next(until);
    if (!r)
      return r.error();
    if (r->empty()) {
      ++of;
      continue;
    }
    if (r->status() == PGRES_PIPELINE_SYNC)
      return o;
    if (r->status() == PGRES_PIPELINE_ABORTED)
      continue;
    if (r->failed()) {
      o.refused = std::min(of, calls.size() - 1);
      o.answers.resize(*o.refused + 1);
      o.answers.back() = std::move(*r);
    } else {
      o.answers.push_back(std::move(*r));
    }
  }
}

result<rows> connection::next(time_point until) {
  for (;;) {
    const auto unsent = PQflush(pg_.get());
    if (unsent < 0)
      return lost("not sent");
    if (unsent == 0 && PQisBusy(pg_.get()) == 0) {
      rows r{PQgetResult(pg_.get())};
      // Told as a result of its own, and the status of the connection with it.
      if (r.failed() && PQstatus(pg_.get()) == CONNECTION_BAD)
        return lost("the connection ended");
      return r;
    }
    if (!wait_(socket(), static_cast<short>(POLLIN | (unsent ? POLLOUT : 0)), until))
      return error{"postgres_timeout", "no answer in time"};
    if (PQconsumeInput(pg_.get()) == 0)
      return lost("the connection ended");
  }
}

bool connection::look_alive() { return PQconsumeInput(pg_.get()) == 1 && PQstatus(pg_.get()) == CONNECTION_OK; }

std::string connection::trouble() const {
  auto text = first_line(PQerrorMessage(pg_.get()));
  return text.empty() ? "the connection ended" : text;
}

error connection::lost(const char* what) const {
  auto text = first_line(PQerrorMessage(pg_.get()));
  return unavailable(text.empty() ? what : std::move(text));
}

std::string connection::where() const {
  auto text = [](const char* s) { return std::string_view{s ? s : ""}; };
  return fmt::format("{}:{}/{}", text(PQhost(pg_.get())), text(PQport(pg_.get())), text(PQdb(pg_.get())));
}

} // namespace troupe::postgres
