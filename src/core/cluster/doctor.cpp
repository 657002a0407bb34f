#include "core/cluster/doctor.hpp"

#include "core/cluster/wire.hpp"

#include <numeric>

namespace troupe::cluster {
namespace {

using wire::put;

void put(std::string& out, const std::array<std::uint64_t, key_kinds>& numbers) {
  for (auto n : numbers)
    wire::put(out, n);
}
void read(wire::reader& in, std::array<std::uint64_t, key_kinds>& numbers) {
  for (auto& n : numbers)
    n = in.number();
}

doctor_report read_report(wire::reader& in) {
  doctor_report r;
  r.node = in.text();
  r.problem = in.text();
  for (auto* n : {&r.sockets, &r.rooms, &r.users, &r.slots_owned, &r.slots_disagreeing, &r.slots_without_home, &r.repaired})
    *n = in.number();
  read(in, r.missing);
  read(in, r.extra);
  for (auto n = in.count(); n > 0 && in.ok(); --n)
    r.dead.emplace_back(in.text());
  return r;
}

} // namespace

std::uint64_t doctor_report::found() const {
  return std::accumulate(extra.begin(), extra.end(), std::accumulate(missing.begin(), missing.end(), std::uint64_t{0}));
}

bool doctor_report::consistent(bool repaired_counts) const {
  const auto left = repaired_counts && repaired >= found() ? 0 : found();
  return problem.empty() && left == 0 && slots_disagreeing == 0 && slots_without_home == 0 && (repaired_counts || dead.empty());
}

void count(doctor_report& r, const std::vector<key_change>& wrong) {
  for (auto& c : wrong)
    ++(c.present ? r.missing : r.extra)[static_cast<std::size_t>(c.at.kind)];
}

std::string encode(const doctor_message& m) {
  std::string out;
  put(out, std::uint64_t{m.index()});
  if (auto* q = std::get_if<doctor_request>(&m)) {
    put(out, q->number);
    put(out, std::uint64_t{q->repair});
    return out;
  }
  auto& a = std::get<doctor_answer>(m);
  auto& r = a.report;
  put(out, a.number);
  put(out, std::string_view(r.node));
  put(out, std::string_view(r.problem));
  for (auto n : {r.sockets, r.rooms, r.users, r.slots_owned, r.slots_disagreeing, r.slots_without_home, r.repaired})
    put(out, n);
  put(out, r.missing);
  put(out, r.extra);
  put(out, std::uint64_t{r.dead.size()});
  for (auto& id : r.dead)
    put(out, std::string_view(id));
  return out;
}

std::optional<doctor_message> decode_doctor_message(std::string_view bytes) {
  wire::reader in(bytes);
  doctor_message m;
  const auto kind = in.number(1), number = in.number();
  if (kind == 0)
    m = doctor_request{number, in.flag()};
  else
    m = doctor_answer{number, read_report(in)};
  return in.done() ? std::optional(std::move(m)) : std::nullopt;
}

} // namespace troupe::cluster
