#include "backends/redis/sentinels.hpp"

#include <algorithm>

namespace troupe::redis {
namespace {

constexpr duration patience{500}; ///< with one Sentinel

} // namespace

void sentinels::find_master(std::function<void(result<endpoint>)> done) {
  waiting_.push_back(std::move(done));
  if (waiting_.size() > 1)
    return;
  asked_ = 0;
  ask_next();
}

void sentinels::ask_next() {
  if (stopped_)
    return;
  const auto& to = options_.sentinels[current_];
  connection::request r{to, options_.sentinel_as, 0, options_.name, std::min(patience, options_.connect_timeout), tls_, {}};
  connection_ = std::make_shared<connection>(
    loop_, std::move(r),
    connection::hooks{
      [this](result<server_facts> facts) {
        if (facts)
          ask();
        else
          next_or_give_up(facts.error().message);
      },
      {}});
  connection_->open();
}

void sentinels::stop() {
  stopped_ = true;
  waiting_.clear();
  if (connection_)
    connection_->close(unavailable("the client has ended"));
}

void sentinels::ask() {
  connection_->send(
    {"SENTINEL", "get-master-addr-by-name", options_.sentinel_master}, clock::now() + patience,
    [this](const result<reply>& r) {
      if (!stopped_)
        answered(r);
    });
}

void sentinels::answered(const result<reply>& r) {
  if (!r)
    return next_or_give_up(r.error().message);
  if (r->is_error())
    return next_or_give_up(r->text);
  if (!r->is_list(2))
    return next_or_give_up("it knows no master " + options_.sentinel_master);
  finish(endpoint{r->items[0].text, static_cast<std::uint16_t>(to_number(r->items[1].text))});
}

void sentinels::next_or_give_up(const std::string& why) {
  auto who = to_text(options_.sentinels[current_]);
  current_ = (current_ + 1) % options_.sentinels.size();
  if (++asked_ < options_.sentinels.size())
    return loop_.post([this, c = std::move(connection_)] { ask_next(); });
  finish(unavailable("no Sentinel names a master; the last one, " + who + ", said: " + why));
}

void sentinels::finish(result<endpoint> found) {
  // Not closed under the feet of its own callback.
  loop_.post([c = std::move(connection_)] {});
  for (auto told = std::exchange(waiting_, {}); auto& done : told)
    done(found);
}

} // namespace troupe::redis
