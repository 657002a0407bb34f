#pragma once

#include "backends/memory/memory_store.hpp"
#include "base/error.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace troupe::memory {

/// One node's way to a part of the shared store. A call is carried out at once, its answer comes through `answers`.
template <class Part>
class store_part {
 public:
  /// `away`: the answer while the store is away.
  store_part(std::shared_ptr<memory_store> store, Part memory_store::data::*part, error away, executor answers)
    : store_(std::move(store)), part_(part), away_(std::move(away)), answers_(std::move(answers)) {}

  /// `f(part, now)` gives the answer.
  template <class T, class F>
  void ask(std::function<void(result<T>)> done, F f) const {
    result<T> said = away_;
    store_->with(part_, [&](Part& part, time_point now) { said = f(part, now); });
    answers_([done = std::move(done), said = std::move(said)]() mutable { done(std::move(said)); });
  }

 private:
  std::shared_ptr<memory_store> store_;
  Part memory_store::data::*part_;
  error away_;
  executor answers_;
};

} // namespace troupe::memory
