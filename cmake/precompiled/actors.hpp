#pragma once
#include "std.hpp"

#include <caf/all.hpp>
