#pragma once
// Waits for answers of the ports, for at most ten seconds.

#include "base/error.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <thread>

/// A failed check shows the code of an error.
template<class T>
struct Catch::StringMaker<boost::system::result<T, troupe::error>> {
  static std::string convert(const boost::system::result<T, troupe::error>& r) {
    return r ? "a value" : r.error().code + ": " + r.error().message;
  }
};

namespace cluster_tests {

using namespace troupe;
using namespace std::chrono_literals;

/// `T` as the argument of the `done` that is given to a port.
template<class T>
class pending {
 public:
  auto done() const {
    return [state = state_](result<T> r) { state->set_value(std::move(r)); };
  }
  result<T> wait() {
    REQUIRE(answer_.wait_for(10s) == std::future_status::ready);
    return answer_.get();
  }

 private:
  std::shared_ptr<std::promise<result<T>>> state_ = std::make_shared<std::promise<result<T>>>();
  std::future<result<T>> answer_ = state_->get_future();
};

/// ask<renewed>([&](auto done) { registry.renew(me, ttl, done); })
template<class T, class Call>
result<T> ask(Call call) {
  pending<T> answer;
  call(answer.done());
  return answer.wait();
}

/// Polls until `holds()`; false after ten seconds.
template<class Holds>
bool comes_true(Holds holds, std::chrono::milliseconds within = 10s) {
  for (auto until = std::chrono::steady_clock::now() + within; std::chrono::steady_clock::now() < until;) {
    if (holds())
      return true;
    std::this_thread::sleep_for(5ms);
  }
  return holds();
}

} // namespace cluster_tests
