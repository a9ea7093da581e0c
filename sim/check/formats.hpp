#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/check/kv_model.hpp"
#include "sim/check/register_model.hpp"

// Readers of recorded histories in two text formats of the Jepsen world. A Moment is a line number.
//
// Register log, tab-separated after the prefix, one register:
//   INFO  jepsen.util - 4 <tab> :invoke <tab> :cas <tab> [1 3]
//   types :invoke :ok :fail :info; actions :read :write :cas; values nil, a number, a pair,
//   :timed-out. A failed cas found another value than expected; a failed read or write, and
//   anything failed by :timed-out, did not happen; :info is unknown. Lines without the prefix are
//   other log output.
// KV history, one EDN map per line:
//   {:process 0, :type :invoke, :f :append, :key "0", :value "x 0 0 y"}
//   types as above; actions :get :put :append; strings with \" \\ \n \t \r; nil.
// A process has one operation at a time. What has no end in the file is unknown.
namespace confman::sim {

struct FormatError {
  std::size_t line{};  // from 1; 0 for the whole text
  std::string message;
};

struct RegisterHistory {
  std::vector<RegisterOperation> operations;
};

struct KvHistory {
  Texts texts;
  std::vector<KvOperation> operations;
};

std::expected<RegisterHistory, FormatError> parse_register_log(std::string_view text);
std::expected<KvHistory, FormatError> parse_kv_history(std::string_view text);

// Tells the format by the first line that is one of the two.
using AnyHistory = std::variant<RegisterHistory, KvHistory>;
std::expected<AnyHistory, FormatError> parse_history(std::string_view text);

}  // namespace confman::sim
