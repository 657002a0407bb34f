// What a room message costs apart from the codecs: its place, its frame, the look-up of its receivers, and the way between threads.

#include "base/inbox.hpp"
#include "core/cluster/room_replica.hpp"
#include "core/frame/frame_builder.hpp"
#include "net/fanout/index.hpp"
#include "net/outbox.hpp"
#include "ports/egress.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>

namespace {

using namespace troupe;

session_ref session(std::uint32_t n) { return {static_cast<std::uint16_t>(n % 2), n, 1}; }

/// Nobody listens: what remains is the placing itself.
struct nobody : cluster::replica_effects {
  void deliver(const cluster::message_ptr& m) override { benchmark::DoNotOptimize(m); }
  void deliver(const cluster::notice&) override {}
  void send(std::span<const cluster::node_ref>, std::string) override {}
  void done(std::uint64_t, const cluster::op_result& r) override { benchmark::DoNotOptimize(r.seq); }
  void append(std::uint64_t, std::uint64_t, std::vector<cluster::message_ptr>) override {}
  void open_log(std::uint64_t, std::uint64_t) override {}
  void read_log(std::uint64_t, std::uint64_t, std::uint64_t) override {}
  void overtaken(std::uint64_t) override {}
};

/// A member's message gets its place, without and with an id to be remembered.
void room_sequencing(benchmark::State& state) {
  const cluster::replica_options o;
  nobody out;
  cluster::replica_counters counts;
  cluster::room_replica room(o, {1, 1}, out, counts);
  room.on_home({1, 1}, 1, true, {}, 0);
  const bool with_id = state.range(0) != 0;
  std::uint64_t n = 0;
  for (auto _ : state) {
    ++n;
    cluster::publish_op op;
    op.user = "user-0";
    op.event = "new_message";
    if (with_id)
      op.id = std::to_string(n);
    (void)room.submit(std::move(op), time_point{} + std::chrono::microseconds(10 * n), 1'700'000'000'000);
  }
}
BENCHMARK(room_sequencing)->ArgName("id")->Arg(0)->Arg(1);

socketio::packet chat(std::size_t bytes) {
  socketio::packet p;
  p.data = R"(["new_message",{"room":"lobby","message":")" + std::string(bytes, 'x') + "\"}]";
  return p;
}

void frame_building(benchmark::State& state) {
  const auto packet = chat(static_cast<std::size_t>(state.range(0)));
  frame_options o;
  o.deflate = state.range(1) != 0;
  o.deflate_threshold = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(build_outbound(packet, o));
}
BENCHMARK(frame_building)->ArgNames({"bytes", "deflate"})->ArgsProduct({{100, 1'024, 65'536}, {0, 1}});

void msgpack_frame_building(benchmark::State& state) {
  const auto packet = chat(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(build_frame(packet, socketio::parser::msgpack));
}
BENCHMARK(msgpack_frame_building)->ArgName("bytes")->Arg(100)->Arg(1'024);

/// The receivers of a message among 10,000 sessions in rooms of this size; per member.
void fanout_lookup(benchmark::State& state) {
  constexpr std::uint32_t sessions = 10'000;
  const auto members = static_cast<std::uint32_t>(state.range(0));
  net::fanout_index index;
  for (std::uint32_t n = 0; n < sessions; ++n)
    index.join("room-" + std::to_string(n / members), n);
  std::mt19937 random(1);
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (auto& m : index.members("room-" + std::to_string(random() % (sessions / members))))
      sum += m.slot;
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * members);
}
BENCHMARK(fanout_lookup)->ArgName("members")->Arg(10)->Arg(1'000)->Arg(10'000);

/// A session's queue takes a burst of frames and gives it back as one gathering write; per frame.
void outbox_burst(benchmark::State& state) {
  const auto frame = build_outbound(chat(100))->text;
  const auto burst = state.range(0);
  net::outbox out;
  std::array<iovec, net::outbox::max_gather> buffers;
  for (auto _ : state) {
    for (int i = 0; i < burst; ++i)
      out.push(frame);
    benchmark::DoNotOptimize(out.gather(buffers));
    out.consume(out.bytes());
  }
  state.SetItemsProcessed(state.iterations() * burst);
}
BENCHMARK(outbox_burst)->ArgName("frames")->Arg(1)->Arg(16);

/// Broadcasts handed from one thread to another; per broadcast.
void fanout_hand_over(benchmark::State& state) {
  inbox<ports::egress_op> box;
  const auto room = std::make_shared<const std::string>("lobby");
  const auto what = build_outbound(chat(100));
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> taken{0};
  std::thread shard([&] {
    while (!stop)
      box.drain([&](ports::egress_op&&) { taken.fetch_add(1, std::memory_order_relaxed); });
  });
  std::uint64_t put = 0;
  for (auto _ : state) {
    box.put(ports::fan_out_room{room, what, {}});
    if (++put - taken.load(std::memory_order_relaxed) > 10'000) // what mailboxes and rate limits do in a node
      while (taken.load(std::memory_order_relaxed) < put) {
      }
  }
  stop = true;
  shard.join();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(fanout_hand_over);

} // namespace
