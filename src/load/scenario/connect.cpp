#include "load/scenario/scenario.hpp"

namespace troupe::load {
namespace {

/// Everybody comes in, and that is it.
class connect_scenario : public scenario {
 public:
  explicit connect_scenario(stage& s) : stage_{s} {}
  void run() override { stage_.ramp_up(*this); }

 private:
  stage& stage_;
};

} // namespace

std::unique_ptr<scenario> make_connect(stage& s) {
  return std::make_unique<connect_scenario>(s);
}

} // namespace troupe::load
