#include "app/http/share_dir.hpp"

namespace troupe::app {

namespace fs = std::filesystem;

fs::path find_share_dir(std::string_view name, const fs::path& given) {
  std::error_code ec;
  if (!given.empty())
    return fs::is_directory(given / name, ec) ? given / name : fs::path();
  const fs::path program = fs::read_symlink("/proc/self/exe", ec).parent_path();
  for (const fs::path& base : {program, program.parent_path()})
    if (auto found = base / "share" / "troupe" / name; fs::is_directory(found, ec))
      return found;
  return {};
}

} // namespace troupe::app
