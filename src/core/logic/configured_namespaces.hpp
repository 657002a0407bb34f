#pragma once

#include "core/logic/builtin_logic.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::logic {

/// The namespaces of the configuration (`socketio.namespaces`), all served by one logic. A name that ends in `*` stands for
/// every namespace that starts with what is before it. The leading slash may be left out.
class configured_namespaces final : public namespaces {
 public:
  configured_namespaces(std::vector<std::string> patterns, std::shared_ptr<namespace_logic> logic);
  std::shared_ptr<namespace_logic> find(std::string_view nsp) override;

 private:
  std::vector<std::string> exact_;
  std::vector<std::string> prefixes_;
  std::shared_ptr<namespace_logic> logic_;
};

} // namespace troupe::logic
