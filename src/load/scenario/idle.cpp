#include "load/scenario/scenario.hpp"

namespace troupe::load {
namespace {

/// Everybody comes in and does nothing but answer pings.
class idle_scenario : public scenario {
 public:
  explicit idle_scenario(stage& s) : stage_{s} {}
  void run() override {
    if (stage_.ramp_up(*this))
      stage_.measure(*this);
  }

 private:
  stage& stage_;
};

} // namespace

std::unique_ptr<scenario> make_idle(stage& s) {
  return std::make_unique<idle_scenario>(s);
}

} // namespace troupe::load
