#include "core/cluster/wide_wire.hpp"

#include "core/cluster/wire.hpp"

namespace troupe::cluster {
namespace {

using wire::put;
using wire::reader;

void put(std::string& out, const std::vector<std::string>& list) {
  put(out, std::uint64_t{list.size()});
  for (auto& one : list)
    put(out, std::string_view(one));
}
std::vector<std::string> read_texts(reader& in) {
  std::vector<std::string> list;
  const auto n = in.count();
  for (std::size_t i = 0; i < n && in.ok(); ++i)
    list.emplace_back(in.text());
  return list;
}

} // namespace

std::string encode(const wide_message& m) {
  std::string out;
  put(out, static_cast<std::uint64_t>(m.kind));
  put(out, std::string_view(m.to.nsp));
  put(out, m.to.rooms);
  put(out, m.to.except);
  put(out, std::string_view(m.event));
  put(out, std::string_view(m.args.json));
  put(out, m.args.attachments);
  put(out, std::uint64_t{m.is_volatile});
  put(out, std::uint64_t{m.compress});
  put(out, m.rooms);
  put(out, std::uint64_t{m.close_transport});
  return out;
}

std::optional<wide_message> decode_wide_message(std::string_view bytes) {
  reader in(bytes);
  wide_message m;
  m.kind = static_cast<wide_message::what>(in.number(3));
  m.to.nsp = in.text();
  m.to.rooms = read_texts(in);
  m.to.except = read_texts(in);
  m.event = in.text();
  m.args.json = in.text();
  m.args.attachments = read_texts(in);
  m.is_volatile = in.flag();
  m.compress = in.flag();
  m.rooms = read_texts(in);
  m.close_transport = in.flag();
  if (!in.done())
    return std::nullopt;
  return m;
}

} // namespace troupe::cluster
