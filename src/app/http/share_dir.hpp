#pragma once

#include <filesystem>
#include <string_view>

namespace troupe::app {

/// Where the files of `name` ("client", "demo") are: below `given` if that is set, else `share/troupe/<name>` beside
/// the program (a build directory), else beside the program's directory (`/usr/bin` and `/usr/share`). Empty: nowhere.
std::filesystem::path find_share_dir(std::string_view name, const std::filesystem::path& given = {});

} // namespace troupe::app
