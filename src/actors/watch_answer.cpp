#include "actors/watch_answer.hpp"

namespace troupe::actors {

watch_answer::~watch_answer() {
  if (failed_)
    hub_.to_connection(who_, refused{nsp_, ack_, std::move(*failed_), {}});
  else
    hub_.answer(who_, nsp_, ack_, R"({"ok":true,"users":[)" + states_ + "]}");
}

void watch_answer::add(std::string_view state) {
  std::lock_guard lock(mutex_);
  if (!states_.empty())
    states_ += ',';
  states_ += state;
}

void watch_answer::fail(error why) {
  std::lock_guard lock(mutex_);
  if (!failed_)
    failed_ = std::move(why);
}

} // namespace troupe::actors
