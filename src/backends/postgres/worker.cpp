#include "backends/postgres/worker.hpp"

#include "backends/cluster_errors.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace troupe::postgres {
namespace {

constexpr duration settled{1'000}; ///< a connection that ended earlier than this counts as a failed attempt
/// Of one transaction.
constexpr call_queue::bounds batch_bounds{500, 8'000'000};
/// Of one look for expired logs.
constexpr std::uint64_t logs_looked_at = 1'000, entries_deleted = 5'000;

/// Reasons for which another connection may do better: a schema, tables, functions or statements that are gone; a server that only
/// reads.
bool wants_another_connection(std::string_view sqlstate) {
  constexpr std::string_view all[] = {"3F000", "42P01", "42883", "26000", "25006"};
  return std::find(std::begin(all), std::end(all), sqlstate) != std::end(all);
}

} // namespace

worker::worker(options o)
  : options_(std::move(o)), queue_({options_.max_calls, options_.max_call_bytes}, counts_), next_pause_(options_.reconnect_min),
    thread_([this] { run(); }) {}

worker::~worker() { end(); }

void worker::end() {
  queue_.close();
  if (thread_.joinable())
    thread_.join();
}

void worker::put(call c) {
  c.deadline = clock::now() + options_.timeout;
  queue_.put(std::move(c));
}

void worker::run() {
  while (!queue_.closed()) {
    answer_late();
    if (!connection_ && clock::now() < next_attempt_)
      await(-1, 0, next_attempt_);
    else if (!connection_)
      connect();
    else if (clock::now() >= next_sweep_)
      sweep();
    else if (auto batch = queue_.take(batch_bounds); !batch.empty())
      carry_out(std::move(batch));
    else
      rest();
  }
  up_ = false;
  connection_.reset();
  refuse(queue_.take_all(), "the node ends");
}

void worker::connect() {
  auto made = connection::open(options_, [this](int socket, short events, time_point until) { return await(socket, events, until); });
  if (made) {
    connection_ = std::move(*made);
    ++counts_.connects;
    said_ = false;
    since_ = clock::now();
    next_sweep_ = since_ + options_.sweep_every;
    up_ = true;
    return log::info("postgres-connected", "server={}", connection_->where());
  }
  ++counts_.connect_failures;
  trouble_ = made.error().message;
  if (!queue_.closed() && !std::exchange(said_, true))
    log::warn("postgres-unreachable", "why={}: trying again until it answers", trouble_);
  pause();
}

/// Between half and all of what is due, so that nodes do not come all at once.
void worker::pause() {
  const auto most = next_pause_.count();
  next_attempt_ = clock::now() + duration{std::uniform_int_distribution<duration::rep>{most / 2, most}(random_)};
  next_pause_ = std::min(next_pause_ * 2, options_.reconnect_max);
}

/// Until there is something to do.
void worker::rest() {
  if (queue_.wait(connection_->socket(), next_sweep_) && !connection_->look_alive())
    lose(error{"postgres_unavailable", connection_->trouble()});
}

void worker::sweep() {
  next_sweep_ = clock::now() + options_.sweep_every;
  call c;
  c.what = statement::sweep;
  c.values = {as_bigint(swept_to_), as_bigint(logs_looked_at), as_bigint(entries_deleted)};
  ++counts_.waiting;
  c.done = [this](const result<rows>& r) {
    if (!r || r->size() != 1)
      return;
    swept_to_ = r->number(0, 0);
    counts_.swept += r->number(0, 1);
  };
  std::vector<call> alone;
  alone.push_back(std::move(c));
  carry_out(std::move(alone));
}

/// By room, so that transactions of several nodes lock rooms in one order; calls of one room keep theirs.
void worker::carry_out(std::vector<call> batch) {
  std::stable_sort(batch.begin(), batch.end(), [](const call& a, const call& b) { return a.room < b.room; });
  ++counts_.batches;
  auto r = connection_->carry_out(batch, clock::now() + options_.timeout);
  if (r)
    return settle(batch, *r);
  if (r.error().code == "postgres_timeout")
    counts_.timeouts += batch.size();
  lose(r.error());
  refuse(std::move(batch), trouble_);
}

void worker::settle(std::vector<call>& batch, connection::outcome& o) {
  if (!o.refused) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (batch[i].entries > 0 && o.answers[i].yes(0, 0))
        counts_.entries += batch[i].entries;
      answer(batch[i], std::move(o.answers[i]));
    }
    return;
  }
  const auto& no = o.answers[*o.refused];
  if (wants_another_connection(no.sqlstate())) {
    lose(error{"postgres_refused", no.why()});
    return refuse(std::move(batch), trouble_);
  }
  if (batch.size() == 1) {
    log::warn("postgres-refused", "statement={} sqlstate={} why={}", name_of(batch[0].what), no.sqlstate(), no.why());
    return answer(batch[0], log_unavailable("PostgreSQL said: " + no.why()));
  }
  // One of them is at fault, or met another node's; alone, each gets its own answer.
  for (auto& c : batch) {
    if (!connection_ || queue_.closed()) {
      answer(c, log_unavailable(trouble_));
      continue;
    }
    std::vector<call> alone;
    alone.push_back(std::move(c));
    carry_out(std::move(alone));
  }
}

void worker::lose(const error& why) {
  ++counts_.losses;
  up_ = false;
  trouble_ = connection_->where() + ": " + why.message;
  if (!queue_.closed())
    log::warn("postgres-lost", "server={} why={}", connection_->where(), why.message);
  said_ = true;
  connection_.reset();
  if (clock::now() - since_ > settled)
    next_pause_ = options_.reconnect_min;
  pause();
}

bool worker::await(int socket, short events, time_point until) {
  for (;;) {
    const auto now = clock::now();
    if (queue_.closed() || now >= until)
      return false;
    if (queue_.bell().wait(socket, events, std::min(until, queue_.first_deadline())))
      return true;
    answer_late();
  }
}

/// What need not wait for its turn.
void worker::answer_late() {
  refuse(queue_.take_refused(), "too many calls wait for PostgreSQL (postgres.max_calls)");
  auto overdue = queue_.take_overdue(clock::now());
  counts_.timeouts += overdue.size();
  refuse(std::move(overdue), up() ? "it is too slow" : trouble_);
}

void worker::answer(call& c, result<rows> r) {
  --counts_.waiting;
  counts_.waiting_bytes -= c.bytes;
  if (!r)
    ++counts_.failed;
  std::exchange(c.done, nullptr)(std::move(r));
}

void worker::refuse(std::vector<call> all, const std::string& why) {
  for (auto& c : all)
    answer(c, log_unavailable(why));
}

} // namespace troupe::postgres
