#include "backends/redis/client_core.hpp"

#include <algorithm>

namespace troupe::redis {
namespace {

constexpr int max_detours = 8;
constexpr duration look_at_held{50};

} // namespace

client_core::client_core(options o, std::unique_ptr<tls_context> tls) :
  options_(std::move(o)), tls_(std::move(tls)), sentinels_(loop_, options_, tls_.get()),
  held_expiry_(loop_, [this] { expire_held(); }), retry_(loop_, [this] { resume_if_still(); }),
  subscriptions_(
    loop_, options_, counts_, tls_.get(), [this](auto done) { locate(listening_turn_, std::move(done)); }),
  main_(
    loop_, options_, tls_.get(), "commands", [this](auto done) { locate(turn_, std::move(done)); }, hooks()) {}

bool client_core::admit(std::size_t bytes) {
  ++counts_.commands;
  bool fits = counts_.queued.fetch_add(1) < options_.max_commands;
  fits &= counts_.queued_bytes.fetch_add(bytes) + bytes <= options_.max_command_bytes;
  if (!fits) {
    counts_.queued -= 1;
    counts_.queued_bytes -= bytes;
    ++counts_.refused;
    ++counts_.failed;
  }
  return fits;
}

bool client_core::first_use(const std::string& sha) {
  std::lock_guard hold(scripts_lock_);
  return used_.insert(sha).second;
}

void client_core::start() {
  main_.start();
  subscriptions_.start();
}

void client_core::stop() {
  stopping_ = true;
  up_ = false;
  held_expiry_.stop();
  retry_.stop();
  sentinels_.stop();
  subscriptions_.stop();
  for (auto& r : std::exchange(held_, {}))
    finish(std::move(r), unavailable("the client has ended"));
  main_.stop();
  for (auto& [where, l] : nodes_)
    l->stop();
}

/// A single server, the master that Sentinels name, or one node after the other of a Redis Cluster.
void client_core::locate(std::size_t& turn, std::function<void(result<endpoint>)> done) {
  if (!options_.sentinel_master.empty())
    return sentinels_.find_master(std::move(done));
  std::vector<endpoint> known{options_.server};
  known.insert(known.end(), options_.cluster_nodes.begin(), options_.cluster_nodes.end());
  for (const auto& e : map_.nodes())
    if (std::find(known.begin(), known.end(), e) == known.end())
      known.push_back(e);
  done(known[turn++ % known.size()]);
}

link::hooks client_core::hooks() {
  return {
    [this](link& l) { return link_up(l); }, [this](link& l) { link_down(l); },
    [this](link& l, request&& r, result<reply> said) { settled(l, std::move(r), std::move(said)); }};
}

bool client_core::link_up(link& l) {
  ++counts_.connects;
  load_scripts(l);
  if (&l == &main_ && l.up()->facts().cluster) {
    cluster_ = true;
    refresh_map();
    if (!map_.known())
      for (auto& r : l.take_waiting())
        hold(std::move(r));
  }
  look_up_state();
  return true;
}

void client_core::link_down(link& l) {
  ++(l.was_up() ? counts_.losses : counts_.connect_failures);
  look_up_state();
  if (cluster_ && !stopping_)
    refresh_map(); // somebody else may have its slots by now
}

void client_core::look_up_state() {
  up_ = !stopping_ && main_.up() && (!cluster_ || map_.known());
}

void client_core::learn(const script& s) {
  scripts_.push_back(s);
  auto load = [&](link& l) {
    if (auto* c = l.up())
      c->send({"SCRIPT", "LOAD", s.text}, clock::now() + options_.timeout, [](auto) {});
  };
  load(main_);
  for (auto& [where, l] : nodes_)
    load(*l);
}

/// Not waited for: what comes after it on the connection finds them.
void client_core::load_scripts(link& l) {
  for (const auto& s : scripts_)
    l.up()->send({"SCRIPT", "LOAD", s.text}, clock::now() + options_.timeout, [](auto) {});
}

void client_core::dispatch(request r) {
  if (r.number == 0)
    r.number = ++numbers_;
  if (stopping_)
    return finish(std::move(r), unavailable("the client has ended"));
  if (still_ || (cluster_ && !map_.known()))
    return hold(std::move(r));
  auto& l = pick(r);
  l.send(std::move(r));
}

void client_core::settled(link& l, request&& r, result<reply> said) {
  if (!stopping_ && said && detour(l, r, *said))
    hold(std::move(r));
  else if (said)
    finish(std::move(r), answer{std::move(*said), l.up() ? l.up()->facts().run_id : std::string{}});
  else
    finish(std::move(r), said.error());
  if (still_)
    resume_if_still();
}

/// Whether the command has to be repeated, here or elsewhere.
bool client_core::detour(const link& l, request& r, const reply& said) {
  if (!said.is_error() || r.detours >= max_detours || !l.up())
    return false;
  // Over in a moment: a slot moves, or a server was too slow for the others. Until the command's deadline.
  if (said.is_error("TRYAGAIN") || said.is_error("CLUSTERDOWN")) {
    retry_.start(look_at_held);
    return true;
  }
  if (said.is_error("NOSCRIPT")) {
    ++counts_.script_loads;
  } else if (auto to = redirect_of(said, l.up()->to())) {
    ++counts_.redirects;
    if (said.is_error("ASK")) {
      r.ask_at = to->to;
    } else {
      cluster_ = true;
      r.ask_at.reset();
      map_.moved(to->slot, to->to);
      refresh_map();
    }
  } else {
    return false;
  }
  ++r.detours;
  return true;
}

void client_core::finish(request&& r, result<answer> a) {
  --counts_.queued;
  counts_.queued_bytes -= r.bytes;
  if (!a || a->reply.is_error())
    ++counts_.failed;
  if (!a && a.error().code == "redis_timeout")
    ++counts_.timeouts;
  r.done(std::move(a));
}

} // namespace troupe::redis
