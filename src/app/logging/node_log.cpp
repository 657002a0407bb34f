#include "app/logging/node_log.hpp"

#include "app/logging/json_line.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <atomic>

namespace troupe::app {
namespace {

constexpr std::size_t queue_records = 8'192;

std::atomic<const node_log*> open_log{nullptr};

spdlog::level::level_enum spdlog_level(log::level l) {
  constexpr std::array levels{spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                              spdlog::level::warn,  spdlog::level::err,   spdlog::level::off};
  return levels[static_cast<std::size_t>(l)];
}

/// %*: the level by our names, five columns wide.
class level_column final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& m, const std::tm&, spdlog::memory_buf_t& out) override {
    constexpr std::array<std::string_view, 7> names{"trace", "debug", "info ", "warn ", "error", "error", "off  "};
    auto name = names[static_cast<std::size_t>(m.level)];
    out.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<level_column>(); }
};

std::unique_ptr<spdlog::formatter> formatter(bool json) {
  auto made = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  made->add_flag<level_column>('*');
  made->set_pattern(json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %^%*%$ %v");
  return made;
}

spdlog::sink_ptr target(const log_config& c) {
  if (c.file.empty())
    return std::make_shared<spdlog::sinks::stderr_color_sink_mt>(); // colours on a terminal only
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(c.file, c.max_file_bytes, c.max_files);
}

} // namespace

struct node_log::parts {
  bool json;
  std::string node; ///< not touched after it was published
  std::atomic<const std::string*> published{nullptr};
  std::shared_ptr<spdlog::details::thread_pool> writer;
  std::shared_ptr<spdlog::async_logger> logger;
};

result<std::unique_ptr<node_log>> node_log::open(const log_config& c) {
  try {
    auto p = std::make_unique<parts>();
    p->json = c.format == "json";
    p->writer = std::make_shared<spdlog::details::thread_pool>(queue_records, 1);
    p->logger = std::make_shared<spdlog::async_logger>(
      "troupe", target(c), p->writer, spdlog::async_overflow_policy::overrun_oldest);
    p->logger->set_formatter(formatter(p->json));
    p->logger->set_level(spdlog::level::trace);
    p->logger->flush_on(spdlog::level::trace); // by the writing thread, so that nothing is lost in a crash
    log::set_level(log::level_from(c.level).value_or(log::level::info));
    return std::unique_ptr<node_log>{new node_log{std::move(p)}};
  } catch (const spdlog::spdlog_ex& e) {
    return error{"log_failed", std::string{"the log cannot be written: "} + e.what()};
  }
}

node_log::node_log(std::unique_ptr<parts> p) : parts_(std::move(p)), previous_(log::set_sink(this)) {
  open_log = this;
}

node_log::~node_log() {
  open_log = nullptr;
  log::set_sink(previous_);
  parts_->logger.reset();
  parts_->writer.reset(); // joins its thread after the last queued record
}

void node_log::set_node(std::string id) {
  parts_->node = std::move(id);
  parts_->published.store(&parts_->node, std::memory_order_release);
}

void node_log::write(const log::record& r) {
  const auto* node = parts_->published.load(std::memory_order_acquire);
  auto text = parts_->json ? json_members(r, node ? std::string_view{*node} : std::string_view{})
                           : std::string{r.event} + " " + r.message;
  parts_->logger->log(spdlog_level(r.level), spdlog::string_view_t{text});
}

std::uint64_t node_log::dropped() const {
  return parts_->writer->overrun_counter();
}

std::uint64_t node_log::dropped_now() {
  const auto* log = open_log.load();
  return log ? log->dropped() : 0;
}

} // namespace troupe::app
