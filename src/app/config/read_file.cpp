#include "app/config/loading.hpp"
#include "app/config/schema.hpp"
#include "app/config/suggest.hpp"
#include "app/config/yaml_value.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace troupe::app {
namespace {

constexpr std::size_t max_file_bytes = 1'000'000;

class file_reader {
 public:
  file_reader(const std::string& path, loading& to) : path_(path), to_(to) {}

  void read() {
    auto text = contents();
    if (!text)
      return;
    try {
      auto documents = YAML::LoadAll(*text);
      if (documents.size() > 1)
        return to_.refuse(path_, "", "expected one YAML document, found " + std::to_string(documents.size()));
      if (!documents.empty() && !documents[0].IsNull())
        read_group(documents[0], "");
    } catch (const YAML::Exception& e) {
      to_.refuse(place(e.mark), "", "this is not valid YAML: " + e.msg);
    }
  }

 private:
  std::optional<std::string> contents() {
    std::error_code ignored;
    std::ifstream file{path_, std::ios::binary};
    if (!file || std::filesystem::is_directory(path_, ignored)) {
      to_.refuse(path_, "", "the configuration file cannot be read; is the path right, and may this user read it?");
      return std::nullopt;
    }
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (text.size() > max_file_bytes) {
      to_.refuse(path_, "", "the configuration file is larger than 1 MB");
      return std::nullopt;
    }
    return text;
  }

  void read_group(const YAML::Node& group, const std::string& prefix) {
    if (!group.IsMap())
      return to_.refuse(place(group.Mark()), prefix, "expected a group of keys, " + describe(group));
    for (const auto& entry : group) {
      if (!entry.first.IsScalar())
        to_.refuse(place(entry.first.Mark()), prefix, "expected a key, " + describe(entry.first));
      else
        read_entry(
          entry.first, entry.second, prefix.empty() ? entry.first.Scalar() : prefix + "." + entry.first.Scalar());
    }
  }

  void read_entry(const YAML::Node& name, const YAML::Node& value, const std::string& key) {
    auto where = [this](const YAML::Node& at) { return place(at.Mark()); };
    bool option = find_option(key) != nullptr;
    if (!option && !is_section(key))
      return to_.refuse(where(name), key, value.IsMap() ? unknown_section(key) : unknown_key(key));
    if (!seen_.insert(key).second)
      return to_.refuse(where(name), key, "this key is here twice; only one can hold");
    if (value.IsNull()) // `key:` and nothing: as if it was not there
      return;
    if (option)
      to_.set(key, value, where);
    else
      read_group(value, key);
  }

  std::string unknown_section(const std::string& key) const {
    std::set<std::string_view> sections;
    for (const auto& o : schema())
      sections.insert(o.key.substr(0, o.key.rfind('.')));
    std::vector<std::string_view> known{sections.begin(), sections.end()};
    return "no such section" + did_you_mean(closest(key, known));
  }

  std::string place(const YAML::Mark& m) const {
    return m.is_null() ? path_ : path_ + ":" + std::to_string(m.line + 1);
  }

  const std::string& path_;
  loading& to_;
  std::set<std::string> seen_;
};

} // namespace

void read_file(const std::string& path, loading& to) {
  file_reader{path, to}.read();
}

} // namespace troupe::app
