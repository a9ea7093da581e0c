#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/api/dispatch.hpp"
#include "adapters/api/faults.hpp"
#include "adapters/http/request_parser.hpp"

// Whatever the parser lets through, the API either asks the node something or says why not, with a
// code that is in the table.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace confman;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  http::RequestParser parser;
  while (!rest.empty() && parser.state() != http::RequestParser::State::Complete) {
    const std::size_t taken = parser.feed(rest);
    if (taken == 0 || parser.state() == http::RequestParser::State::Failed) return 0;
    rest.remove_prefix(taken);
  }
  if (parser.state() != http::RequestParser::State::Complete) return 0;
  http::Request request = parser.take();
  request.id = "fuzz";
  const api::Rules rules{.default_timeout = Duration::seconds(5),
                         .max_timeout = Duration::seconds(60),
                         .default_wait = Duration::seconds(30),
                         .max_wait = Duration::seconds(60)};
  const auto operation = api::translate(request, rules, nullptr);
  if (!operation) {
    const api::Fault* known = api::find_fault(operation.error().code);
    if (known == nullptr || known->status != operation.error().status) __builtin_trap();
    return 0;
  }
  const auto* asked = std::get_if<api::NodeOperation>(&operation->ask);
  const auto* write = asked == nullptr ? nullptr : std::get_if<node::Write>(asked);
  if (write != nullptr && !domain::validate(write->command)) __builtin_trap();
  return 0;
}
