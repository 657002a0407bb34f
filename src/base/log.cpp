#include "base/log.hpp"

#include "base/printable.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>

namespace troupe::log {
namespace {

constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info", "warn", "error", "off"};
constexpr std::size_t max_value_bytes = 1'024;

std::atomic<sink*> current_sink{nullptr};

/// The field's name when `literal` ends in `name=` (the placeholder follows), else empty.
std::string_view field_name(std::string_view literal) {
  if (!literal.ends_with('='))
    return {};
  literal.remove_suffix(1);
  auto start = literal.find_last_not_of("abcdefghijklmnopqrstuvwxyz0123456789_");
  return start == std::string_view::npos ? literal : literal.substr(start + 1);
}

/// Readable without quotes: `reason=ping_timeout`; with: `user="a b"`, `room=""`.
std::string quoted_if_needed(std::string text) {
  if (!text.empty() && text.find_first_of(" \"=\\") == std::string::npos)
    return text;
  std::string out = "\"";
  for (char c : text) {
    if (c == '"')
      out += '\\';
    out += c;
  }
  return out += '"';
}

bool is_number(const fmt::format_args& args, int index, std::string_view spec) {
  if (!spec.empty())
    return false;
  return fmt::visit_format_arg(
    [](auto value) {
      using type = decltype(value);
      if constexpr (std::is_same_v<type, char>)
        return false;
      else if constexpr (std::is_floating_point_v<type>)
        return static_cast<bool>(std::isfinite(value));
      else
        return std::is_arithmetic_v<type>;
    },
    args.get(index));
}

/// Formats placeholder by placeholder, because a value's treatment depends on the name before it. A field goes on until the
/// next space: `url={}://{}` is one field, and the colon of `user={}: left` is none of it.
class renderer {
 public:
  renderer(record& out, fmt::format_args args) : out_(out), args_(args) {}

  void render(std::string_view format) {
    while (!format.empty()) {
      auto brace = format.find_first_of("{}");
      auto text = format.substr(0, brace);
      literal(text, brace == std::string_view::npos);
      if (brace == std::string_view::npos)
        break;
      if (format[brace + 1] == format[brace]) { // {{ and }}
        literal(format.substr(brace, 1), false);
        format.remove_prefix(brace + 2);
        continue;
      }
      auto close = format.find('}', brace);
      place(field_name(text), format.substr(brace + 1, close - brace - 1));
      format.remove_prefix(close + 1);
    }
    end_field();
  }

 private:
  void literal(std::string_view text, bool last) {
    if (open_ && !text.empty()) {
      auto space = text.find(' ');
      auto part = text.substr(0, space);
      if (last || space != std::string_view::npos)
        part = part.substr(0, part.find_last_not_of(",.;:)") + 1);
      extend_field(part);
      text.remove_prefix(part.size());
      if (last || space != std::string_view::npos)
        end_field();
    }
    out_.message += text;
  }

  /// `inside` is what stands between the braces: nothing, or `:` and a format specification.
  void place(std::string_view name, std::string_view inside) {
    auto spec = inside.substr(std::min(inside.find(':'), inside.size()));
    auto value = fmt::vformat(fmt::format("{{{}{}}}", next_, spec), args_);
    if (open_) {
      extend_field(value);
    } else if (name.empty()) {
      out_.message += printable(value, max_value_bytes);
    } else {
      out_.fields.push_back({name, std::move(value), is_number(args_, next_, spec)});
      open_ = true;
    }
    ++next_;
  }

  void extend_field(std::string_view more) {
    if (more.empty())
      return;
    out_.fields.back().value += more;
    out_.fields.back().number = false;
  }

  void end_field() {
    if (!open_)
      return;
    open_ = false;
    auto& value = out_.fields.back().value;
    auto shown = printable(value, max_value_bytes);
    out_.message += quoted_if_needed(shown);
    if (value.size() > max_value_bytes)
      value = shown;
  }

  record& out_;
  fmt::format_args args_;
  int next_ = 0;
  bool open_ = false; ///< the last field may go on
};

void write_to_stderr(const record& r) {
  auto line = fmt::format("{:<5} {} {}\n", to_string(r.level), r.event, r.message);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

} // namespace

std::string_view to_string(level l) {
  return level_names[static_cast<std::size_t>(l)];
}

std::optional<level> level_from(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (level_names[i] == name)
      return static_cast<level>(i);
  return std::nullopt;
}

sink* set_sink(sink* s) {
  return current_sink.exchange(s);
}

void set_level(level l) {
  detail::threshold.store(l);
}

void detail::write(level l, std::string_view event, fmt::string_view format, fmt::format_args args) {
  record r{l, event, {}, {}};
  renderer{r, args}.render({format.data(), format.size()});
  if (auto* s = current_sink.load())
    s->write(r);
  else
    write_to_stderr(r);
}

} // namespace troupe::log
