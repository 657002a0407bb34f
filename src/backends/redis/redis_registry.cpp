#include "backends/redis/redis_registry.hpp"

#include "backends/cluster_errors.hpp"
#include "backends/redis/node_json.hpp"
#include "backends/redis/registry_scripts.hpp"
#include "base/random.hpp"

#include <array>
#include <fmt/format.h>

namespace troupe::redis {
namespace {

constexpr std::size_t claims_a_call = 4'096; ///< Redis does nothing else during a call

/// Of 128 bits; counts only if there is none in Redis.
std::string new_generation() {
  std::array<unsigned char, 16> bytes{};
  fill_random(bytes.data(), bytes.size());
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

/// Gives what came back to `read`, or the error to `done`.
template<class T, class Read>
client::done reading(ports::registry::answer<T> done, Read read) {
  return [done = std::move(done), read = std::move(read)](result<answer> said) {
    if (!said)
      done(registry_unavailable(said.error().message));
    else if (said->reply.is_error())
      done(registry_unavailable("Redis said: " + said->reply.text));
    else
      done(read(*said));
  };
}

/// "node room"; the id of a node has no space (the configuration sees to it).
ports::slot_pin pin_from_text(std::string_view text) {
  auto space = text.find(' ');
  return space == text.npos ? ports::slot_pin{std::string(text), {}}
                            : ports::slot_pin{std::string(text.substr(0, space)), std::string(text.substr(space + 1))};
}

error unreadable() {
  return registry_unavailable("Redis gave an answer that is none");
}

result<ports::renewed>
read_renewed(const answer& said, const ports::node_record& me, std::size_t slots) {
  const auto& parts = said.reply.items;
  auto word = parts.empty() ? std::string{} : parts[0].text;
  if (word == "taken")
    return node_id_taken(me.id);
  if (word == "number" && parts.size() >= 2)
    return node_number_taken(me.number, parts[1].text);
  if (word == "slots" && parts.size() >= 2)
    return wrong_slot_count(to_number(parts[1].text), slots);
  if (word != "ok" || parts.size() < 3)
    return unreadable();
  return ports::renewed{{parts[1].text, said.run_id}, to_number(parts[2].text)};
}

result<ports::registry_view> read_view(const answer& said, std::size_t slots) {
  const auto& parts = said.reply.items;
  if (parts.size() < 4)
    return unreadable();
  ports::registry_view view{
    {parts[0].text, said.run_id}, to_number(parts[1].text), {}, std::vector<ports::slot_record>(slots)};
  const auto& nodes = parts[2].items;
  for (std::size_t i = 0; i + 1 < nodes.size(); i += 2)
    if (auto node = node_from_json(nodes[i].text))
      view.nodes.push_back({std::move(*node), duration{std::max<std::int64_t>(nodes[i + 1].integer, 0)}});
  const auto& held = parts[3].items;
  for (std::size_t i = 0; i + 1 < held.size(); i += 2)
    if (auto slot = to_number(held[i].text); slot < slots)
      view.slots[slot] = slot_from_text(held[i + 1].text);
  const auto& pins = parts.size() > 4 ? parts[4].items : std::vector<reply>();
  for (std::size_t i = 0; i + 1 < pins.size(); i += 2)
    if (auto slot = to_number(pins[i].text); slot < slots)
      view.pins[static_cast<std::uint16_t>(slot)] = pin_from_text(pins[i + 1].text);
  return view;
}

/// The answers of several calls, which come in the order of the calls.
struct gathered_grants {
  std::vector<ports::slot_claim> claims;
  std::vector<ports::slot_grant> grants;
  std::size_t calls_left = 0;
  bool failed = false;
  ports::registry::answer<std::vector<ports::slot_grant>> done;

  void add(const result<answer>& said) {
    --calls_left;
    if (failed)
      return;
    if (!said || said->reply.is_error() || said->reply.items.size() % 2 != 0)
      return fail(!said ? said.error().message : "Redis said: " + said->reply.text);
    const auto& parts = said->reply.items;
    for (std::size_t i = 0; i + 1 < parts.size() && grants.size() < claims.size(); i += 2)
      grants.push_back({claims[grants.size()].slot, parts[i].integer == 1, slot_from_text(parts[i + 1].text)});
    if (calls_left > 0)
      return;
    if (grants.size() == claims.size())
      done(std::move(grants));
    else
      fail("Redis answered too few claims");
  }
  void fail(const std::string& why) {
    failed = true;
    done(registry_unavailable(why));
  }
};

} // namespace

redis_registry::redis_registry(std::shared_ptr<client> c, const std::string& cluster, std::size_t slots) :
  client_(std::move(c)), base_(client_->settings().prefix + "{" + cluster + "}:"), slots_(slots) {}

std::vector<std::string> redis_registry::keys(std::initializer_list<std::string> names) const {
  std::vector<std::string> all;
  for (const auto& name : names)
    all.push_back(base_ + name);
  return all;
}

void redis_registry::renew(const ports::node_record& me, duration ttl, answer<ports::renewed> done) {
  client_->run(
    registry_scripts::renew(), keys({"nodes", "numbers", "slot_count", "gen", "node:" + me.id}),
    {base_, me.id, std::to_string(me.incarnation), std::to_string(me.number), to_json(me), std::to_string(ttl.count()),
      std::to_string(slots_), new_generation()},
    reading<ports::renewed>(
      std::move(done), [me, slots = slots_](const redis::answer& said) { return read_renewed(said, me, slots); }));
}

void redis_registry::read(answer<ports::registry_view> done) {
  client_->run(
    registry_scripts::read(), keys({"nodes", "numbers", "gen", "slots", "slots_version", "pins"}), {base_, new_generation()},
    reading<ports::registry_view>(
      std::move(done), [slots = slots_](const redis::answer& said) { return read_view(said, slots); }));
}

void redis_registry::claim(
  const ports::node_record& by, std::vector<ports::slot_claim> claims, answer<std::vector<ports::slot_grant>> done) {
  auto all = std::make_shared<gathered_grants>();
  all->claims = std::move(claims);
  all->done = std::move(done);
  all->calls_left = std::max<std::size_t>((all->claims.size() + claims_a_call - 1) / claims_a_call, 1);
  for (std::size_t call = 0, calls = all->calls_left; call < calls; ++call) {
    std::vector<std::string> arguments{base_, by.id, std::to_string(by.incarnation)};
    auto end = std::min((call + 1) * claims_a_call, all->claims.size());
    for (auto i = call * claims_a_call; i < end; ++i) {
      const auto& c = all->claims[i];
      arguments.push_back(std::to_string(c.slot));
      arguments.push_back(to_text(c.expected));
      arguments.push_back(std::to_string(c.at_least));
    }
    client_->run(registry_scripts::claim(), keys({"slots", "slots_version"}), std::move(arguments),
      [all](const result<redis::answer>& said) { all->add(said); });
  }
}

void redis_registry::remove(const std::string& node, std::uint64_t incarnation, answer<bool> done) {
  client_->run(
    registry_scripts::remove(), keys({"nodes", "numbers", "node:" + node}), {base_, node, std::to_string(incarnation)},
    reading<bool>(std::move(done), [](const redis::answer& said) -> result<bool> { return said.reply.integer == 1; }));
}

void redis_registry::pin(std::uint16_t slot, ports::slot_pin where, answer<bool> done) {
  client_->run(
    registry_scripts::pin(), keys({"pins", "slots_version"}), {base_, std::to_string(slot), where.node, where.why},
    reading<bool>(std::move(done), [](const redis::answer& said) -> result<bool> {
      if (said.reply.text.empty())
        return true;
      const auto held = pin_from_text(said.reply.text);
      return slot_pinned(held.why, held.node);
    }));
}

} // namespace troupe::redis
