#pragma once

#include "app/temporary_dir.hpp"

#include <cstdio>
#include <fcntl.h>

namespace app_tests {

/// Sends a file descriptor (1: standard output, 2: standard error) to a file while the object lives.
class captured {
 public:
  explicit captured(int descriptor) : descriptor_(descriptor), before_(dup(descriptor)) {
    std::fflush(nullptr);
    int file = open(dir_.path("out").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    dup2(file, descriptor_);
    close(file);
  }
  ~captured() {
    std::fflush(nullptr);
    dup2(before_, descriptor_);
    close(before_);
  }
  std::string text() const {
    std::fflush(nullptr);
    return read_all(dir_.path("out"));
  }

 private:
  temporary_dir dir_;
  int descriptor_;
  int before_;
};

} // namespace app_tests
