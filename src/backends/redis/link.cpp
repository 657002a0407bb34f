#include "backends/redis/link.hpp"

namespace troupe::redis {
namespace {

constexpr duration pulse_every{1'000}; ///< an idle connection is asked whether it lives

/// Answers that mean that this server is of no use now.
bool wants_another(const reply& r) {
  return r.is_error("READONLY") || r.is_error("LOADING") || r.is_error("NOAUTH") || r.is_error("MASTERDOWN");
}

} // namespace

link::link(event_loop& loop, const options& o, tls_context* tls, std::string role, locator where, hooks h) :
  loop_(loop), options_(o), hooks_(std::move(h)), expiry_(loop, [this] { expire(); }),
  pulse_(loop, [this] { look_alive(); }),
  keeper_(
    loop, o, tls, std::move(role), std::move(where),
    keeper::hooks{
      [this] {
        pulse_.start(pulse_every);
        if (hooks_.up(*this))
          flush();
      },
      [this](const error&) { ended(true); }, [this](const error&) { ended(false); }}) {}

void link::ended(bool was_up) {
  was_up_ = was_up;
  hooks_.down(*this);
}

void link::stop() {
  pulse_.stop();
  expiry_.stop();
  keeper_.stop();
  for (auto left = take_waiting(); auto& r : left)
    hooks_.settled(*this, std::move(r), unavailable("the client has ended"));
}

void link::send(request r) {
  if (keeper_.up() && waiting_.empty())
    return write(std::move(r));
  waiting_.push_back(std::move(r));
  if (!expiry_.running())
    expiry_.start(std::chrono::ceil<duration>(waiting_.front().deadline - clock::now()));
}

void link::flush() {
  for (auto ready = take_waiting(); auto& r : ready)
    send(std::move(r));
}

void link::write(request r) {
  auto* c = keeper_.up();
  used_ = true;
  if (r.ask_at)
    c->send({"ASKING"}, r.deadline, [](auto) {});
  auto number = r.number;
  auto deadline = r.deadline;
  auto& kept = sent_[number] = std::move(r);
  ++in_flight_;
  c->send(kept.parts, deadline, [this, number](result<reply> said) {
    auto node = sent_.extract(number);
    --in_flight_;
    bool useless = said && wants_another(*said);
    auto why = useless ? unavailable(said->text) : error{};
    hooks_.settled(*this, std::move(node.mapped()), std::move(said));
    if (useless)
      keeper_.drop(why);
  });
}

/// For commands that were never sent, because the server is away.
void link::expire() {
  auto now = clock::now();
  while (!waiting_.empty() && waiting_.front().deadline <= now) {
    auto r = std::move(waiting_.front());
    waiting_.pop_front();
    hooks_.settled(*this, std::move(r), error{"redis_timeout", "not sent: " + keeper_.trouble()});
  }
  if (!waiting_.empty())
    expiry_.start(std::chrono::ceil<duration>(waiting_.front().deadline - now));
}

void link::look_alive() {
  auto* c = keeper_.up();
  if (!c)
    return;
  if (!std::exchange(used_, false) && c->unanswered() == 0)
    c->send({"PING"}, clock::now() + options_.timeout, [](auto) {});
  pulse_.start(pulse_every);
}

} // namespace troupe::redis
