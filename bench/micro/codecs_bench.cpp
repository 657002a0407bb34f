// What the codecs cost, per packet and per byte.

#include "core/engineio/payload.hpp"
#include "core/frame/frame_builder.hpp"
#include "core/json/json_text.hpp"
#include "core/socketio/decoder.hpp"
#include "core/socketio/encoder.hpp"
#include "core/ws/frame_reader.hpp"
#include "support/client_frame.hpp"

#include <benchmark/benchmark.h>
#include <string>

namespace {

using namespace troupe;

const limits defaults;

/// A chat message of a usual size.
const std::string chat =
  R"(["message:send",{"room":"conversation-4711","content":"Xin ch\u00e0o, see you at half past nine?","id":"01J9ZK3"}])";

/// Records as a back end would send them, about `bytes` long.
std::string records(std::size_t bytes) {
  std::string out = "[\"sync\"";
  for (int i = 0; out.size() < bytes; ++i)
    out += R"(,{"id":)" + std::to_string(1000 + i)
           + R"(,"name":"J\u00f6rg M\u00fcller","tags":["a","bc","def"],"score":0.)" + std::to_string(i)
           + R"(,"active":true,"text":"The quick brown fox jumps over the lazy dog"})";
  return out + "]";
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

void json_valid(benchmark::State& state) {
  const auto text = state.range(0) ? records(static_cast<std::size_t>(state.range(0))) : chat;
  for (auto _ : state)
    benchmark::DoNotOptimize(json::valid(text));
  count_bytes(state, text.size());
}
BENCHMARK(json_valid)->Arg(0)->Arg(10'000)->Arg(500'000);

void json_valid_long_string(benchmark::State& state) {
  const auto text = json::quoted(std::string(100'000, 'x'));
  for (auto _ : state)
    benchmark::DoNotOptimize(json::valid(text));
  count_bytes(state, text.size());
}
BENCHMARK(json_valid_long_string);

void decode_text(benchmark::State& state) {
  const auto text = "2/chat,17" + chat;
  socketio::decoder d(defaults);
  for (auto _ : state)
    benchmark::DoNotOptimize(d.on_message(text, false));
  count_bytes(state, text.size());
}
BENCHMARK(decode_text);

void decode_text_binary(benchmark::State& state) {
  const std::string text = R"(51-["file",{"name":"a.png","data":{"_placeholder":true,"num":0}}])", bytes(1000, 'x');
  socketio::decoder d(defaults);
  for (auto _ : state) {
    benchmark::DoNotOptimize(d.on_message(text, false));
    benchmark::DoNotOptimize(d.on_message(bytes, true));
  }
  count_bytes(state, text.size() + bytes.size());
}
BENCHMARK(decode_text_binary);

void decode_msgpack(benchmark::State& state) {
  const auto bytes = socketio::encode_msgpack({.nsp = "/chat", .id = 17, .data = chat});
  socketio::decoder d(defaults);
  for (auto _ : state)
    benchmark::DoNotOptimize(d.on_message(bytes, true));
  count_bytes(state, bytes.size());
}
BENCHMARK(decode_msgpack);

void build_frame_text(benchmark::State& state) {
  const socketio::packet p{.nsp = "/chat", .data = chat};
  for (auto _ : state)
    benchmark::DoNotOptimize(build_frame(p, socketio::parser::json));
  count_bytes(state, chat.size());
}
BENCHMARK(build_frame_text);

void build_frame_msgpack(benchmark::State& state) {
  const socketio::packet p{.nsp = "/chat", .data = chat};
  for (auto _ : state)
    benchmark::DoNotOptimize(build_frame(p, socketio::parser::msgpack));
  count_bytes(state, chat.size());
}
BENCHMARK(build_frame_msgpack);

void build_frame_deflated(benchmark::State& state) {
  const socketio::packet p{.nsp = "/chat", .data = records(4'000)};
  for (auto _ : state)
    benchmark::DoNotOptimize(build_frame(p, socketio::parser::json, {.deflate = true}));
  count_bytes(state, p.data.size());
}
BENCHMARK(build_frame_deflated);

/// A read of 16 small messages, or one of a large one. Unmasking changes the input, so each turn works on a fresh copy.
void ws_read(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::string stream;
  for (int i = 0; i < (size < 10'000 ? 16 : 1); ++i)
    stream += ws::testing::client_frame(ws::opcode::text, std::string(size, 'x'));
  ws::frame_reader reader(1'000'000);
  std::string copy;
  for (auto _ : state) {
    copy = stream;
    std::span<char> input(copy);
    while (auto m = reader.next(input))
      benchmark::DoNotOptimize(m->payload.data());
  }
  count_bytes(state, stream.size());
}
BENCHMARK(ws_read)->Arg(1)->Arg(120)->Arg(2'000)->Arg(500'000);

void base64_decode(benchmark::State& state) {
  const auto text = engineio::base64_encode(std::string(10'000, 'x'));
  for (auto _ : state)
    benchmark::DoNotOptimize(engineio::base64_decode(text));
  count_bytes(state, text.size());
}
BENCHMARK(base64_decode);

} // namespace
