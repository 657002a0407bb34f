#include "load/scenario/scenario.hpp"

namespace troupe::load {
namespace {

/// All connections break at once, as when a proxy restarts, and all come back as fast as they can.
class reconnect_scenario : public scenario {
 public:
  explicit reconnect_scenario(stage& s) : stage_{s} {}

  void on_live(client&, std::int64_t now) override {
    if (cut_ns_ == 0)
      return;
    storm_.back.record(now - cut_ns_);
    last_ns_ = now;
  }
  void run() override;

 private:
  void break_all();

  stage& stage_;
  storm_result storm_;
  std::int64_t cut_ns_ = 0; ///< when the storm began; 0: none yet
  std::int64_t last_ns_ = 0;
};

void reconnect_scenario::run() {
  if (!stage_.ramp_up(*this))
    return;
  stage_.crowd.set_retry(true);
  for (std::uint32_t i = 0; i < stage_.o.storms && stage_.pump(*this, now_ns() + seconds(stage_.o.hold_s)); ++i)
    break_all();
}

void reconnect_scenario::break_all() {
  storm_ = {};
  const auto cpu = stage_.server.cpu_ns();
  cut_ns_ = last_ns_ = now_ns();
  for (auto& c : stage_.crowd.clients()) {
    if (c.at != phase::live)
      continue;
    ++storm_.cut;
    stage_.crowd.cut(c);
    stage_.crowd.start(c, cut_ns_);
  }
  const auto back = [&](std::int64_t) { return stage_.crowd.pending() == 0; };
  stage_.pump(*this, cut_ns_ + seconds(stage_.o.duration_s), back);
  storm_.all_back = stage_.crowd.pending() == 0;
  storm_.seconds = static_cast<double>(last_ns_ - cut_ns_) / 1e9;
  storm_.server_cpu_s = static_cast<double>(stage_.server.cpu_ns() - cpu) / 1e9;
  stage_.result.storms.push_back(storm_);
}

} // namespace

std::unique_ptr<scenario> make_reconnect(stage& s) {
  return std::make_unique<reconnect_scenario>(s);
}

} // namespace troupe::load
