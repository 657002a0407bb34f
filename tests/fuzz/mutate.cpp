// fuzz_mutate: runs mutated inputs through every target, without a special compiler and in bounded time.
//   fuzz_mutate [--iterations N] [--seed S] [--only TARGET] [--first I]
// An input depends only on seed and iteration, so a failure is repeated by --first I --iterations 1.

#include "fuzz/mutator.hpp"
#include "fuzz/target.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace {

using namespace troupe;

struct options {
  std::uint64_t iterations = 100'000, seed = 1, first = 0;
  std::string_view only;
};

/// What runs at the moment, for the report of a crash.
std::uint64_t current_iteration = 0, current_seed = 0;
std::string_view current_target, current_input;

void report() {
  std::fprintf(
    stderr, "fuzz_mutate: target %.*s, --seed %llu --first %llu --iterations 1, input (%zu bytes) ",
    static_cast<int>(current_target.size()), current_target.data(), static_cast<unsigned long long>(current_seed),
    static_cast<unsigned long long>(current_iteration), current_input.size());
  for (char c : current_input)
    std::fprintf(stderr, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  std::fputc('\n', stderr);
}

void on_abort(int) {
  report();
  std::_Exit(1);
}

bool read_number(std::string_view text, std::uint64_t& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size();
}

bool read_options(int argc, char** argv, options& o) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i], value = argv[i + 1];
    if (name == "--only")
      o.only = value;
    else if (!(name == "--iterations" ? read_number(value, o.iterations)
               : name == "--seed"     ? read_number(value, o.seed)
               : name == "--first"    ? read_number(value, o.first)
                                      : false))
      return false;
  }
  const auto all = fuzz::targets();
  return argc % 2 == 1
         && (o.only.empty() || std::any_of(all.begin(), all.end(), [&](const auto& t) { return t.name == o.only; }));
}

void run_one(
  const fuzz::target& t, const std::vector<std::string>& corpus, std::uint64_t seed, std::uint64_t iteration) {
  const auto text = fuzz::mutator(seed * 1'000'003 + iteration).next(corpus);
  const auto exact = std::make_unique<char[]>(text.size()); // so that reading one byte too many is found
  std::memcpy(exact.get(), text.data(), text.size());
  current_iteration = iteration;
  current_target = t.name;
  current_input = {exact.get(), text.size()};
  t.check(current_input);
}

} // namespace

int main(int argc, char** argv) {
  options o;
  if (!read_options(argc, argv, o)) {
    std::fprintf(stderr, "usage: fuzz_mutate [--iterations N] [--seed S] [--only TARGET] [--first I]\ntargets:");
    for (const auto& t : fuzz::targets())
      std::fprintf(stderr, " %.*s", static_cast<int>(t.name.size()), t.name.data());
    std::fputc('\n', stderr);
    return 2;
  }
  std::signal(SIGABRT, on_abort);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(report);
#endif
  std::vector<std::pair<fuzz::target, std::vector<std::string>>> chosen;
  for (const auto& t : fuzz::targets()) {
    current_target = t.name;
    if (!o.only.empty() && t.name != o.only)
      continue;
    chosen.emplace_back(t, t.corpus());
    for (const auto& input : chosen.back().second)
      t.check(current_input = input);
  }
  current_seed = o.seed;
  const auto start = std::chrono::steady_clock::now();
  for (auto i = o.first; i < o.first + o.iterations; ++i) {
    const auto& [t, corpus] = chosen[i % chosen.size()];
    run_one(t, corpus, o.seed, i);
  }
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  std::printf(
    "%llu mutations over %zu targets in %.1f s, seed %llu\n", static_cast<unsigned long long>(o.iterations),
    chosen.size(), spent.count(), static_cast<unsigned long long>(o.seed));
}
