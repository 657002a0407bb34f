#include "troupe/server.hpp"

#include "app/config/load.hpp"
#include "app/embed/core.hpp"
#include "app/embed/raw_acceptor.hpp"
#include "app/node/builtin.hpp"
#include "app/node/signals.hpp"

namespace troupe {

namespace {

std::string sentences(const app::problems& problems) {
  std::string out;
  for (auto& p : problems)
    out += (out.empty() ? "" : "\n") + app::to_string(p);
  return out;
}

} // namespace

std::shared_ptr<logic::namespace_logic> embed::core::find(std::string_view nsp) {
  if (auto it = exact.find(nsp); it != exact.end())
    return it->second;
  std::shared_ptr<handlers> best;
  std::size_t length = 0;
  for (auto& [prefix, h] : prefixes)
    if (nsp.starts_with(prefix) && (!best || prefix.size() > length)) {
      best = h;
      length = prefix.size();
    }
  return best;
}

server::server(std::map<std::string, std::string> settings) : core_(std::make_shared<embed::core>()) {
  core_->settings = std::move(settings);
}

server::~server() { stop(); }

io_namespace server::of(std::string_view name) {
  std::string key(name);
  if (key.empty() || key.front() != '/')
    key.insert(key.begin(), '/');
  auto pattern = key.back() == '*';
  if (pattern)
    key.pop_back();
  auto& h = (pattern ? core_->prefixes : core_->exact)[key];
  if (!h) {
    h = std::make_shared<embed::handlers>();
    h->name = pattern ? key + "*" : key;
    h->home = core_;
  }
  return {core_, h};
}

void server::raw(std::string path, std::function<void(raw_session&, std::string_view, bool)> on_message) {
  core_->raw.push_back({std::move(path), std::make_shared<embed::raw_acceptor>(std::move(on_message))});
}

std::string server::start() {
  app::sources from;
  for (auto& [key, v] : core_->settings)
    from.overrides.push_back({key, v, "settings"});
  auto loaded = app::load(from);
  if (!loaded)
    return sentences(loaded.error());
  for (auto* table : {&core_->exact, &core_->prefixes})
    for (auto& [name, h] : *table)
      if (h->wants_builtin)
        h->builtin = app::make_builtin_logic(loaded->values);
  app::block_signals();
  auto n = app::node::start(loaded->values, {core_.get(), core_->raw});
  if (!n)
    return n.error().message;
  core_->node = std::move(*n);
  return {};
}

std::uint16_t server::port() const { return core_->node ? core_->node->port() : 0; }

void server::wait() {
  app::wait_for_signal([this] {
    std::lock_guard lock(core_->mutex);
    return core_->stopped || (core_->node && core_->node->refusal());
  });
  stop();
}

void server::stop() {
  {
    std::lock_guard lock(core_->mutex);
    if (std::exchange(core_->stopped, true) || !core_->node)
      return;
  }
  core_->node->stop();
}

} // namespace troupe
