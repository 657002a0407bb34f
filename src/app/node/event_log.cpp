#include "app/node/event_log.hpp"

#include "base/log.hpp"
#include "base/time.hpp"
#include "core/json/json_text.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

namespace troupe::app {

namespace {
constexpr std::size_t max_file_bytes = 50'000'000;
constexpr std::size_t max_files = 5;
} // namespace

event_log::event_log(const std::string& file) {
  if (file.empty())
    return;
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file, max_file_bytes, max_files);
    file_ = std::make_shared<spdlog::logger>("event-log", std::move(sink));
    file_->set_pattern("%v");
    file_->flush_on(spdlog::level::info);
  } catch (const spdlog::spdlog_ex& e) {
    problem_ = "event_log.file cannot be opened: " + std::string(e.what());
  }
}

event_log::~event_log() = default;

void event_log::record(std::string_view topic, std::string_view json) {
  if (!file_)
    return log::info("event-recorded", "topic={} event={}", topic, json);
  auto members = json.substr(1); // an object: its topic is written in front of what it has
  file_->info("{{\"topic\":{}{}{}", json::quoted(topic), members == "}" ? "" : ",", members);
}

} // namespace troupe::app
