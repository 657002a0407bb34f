#pragma once
#include "std.hpp"

#include <nlohmann/json.hpp>
