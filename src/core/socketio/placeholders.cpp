#include "core/socketio/placeholders.hpp"

#include "core/socketio/data_shape.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace troupe::socketio {

std::string renumbered(const logic::arguments& args, std::uint64_t before) {
  if (args.attachments.empty() || before == 0)
    return args.json;
  const auto list = '[' + args.json + ']';
  auto all = containers_of(list);
  std::erase_if(all, [](auto& c) { return !c.placeholder || c.index < 0; });
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.index_text.data() < b.index_text.data(); });
  std::string out;
  const char* from = list.data() + 1;
  for (auto& c : all) {
    out.append(from, c.index_text.data());
    out += std::to_string(static_cast<std::uint64_t>(c.index) + before);
    from = c.index_text.data() + c.index_text.size();
  }
  return out.append(from, list.data() + list.size() - 1);
}

} // namespace troupe::socketio
