#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/http/request_parser.hpp"

namespace {

using confman::http::RequestParser;

// What was understood: the requests, and how it ended.
std::string story(std::string_view input, std::size_t piece) {
  RequestParser parser;
  std::string pending;
  std::string story;
  while (!input.empty() && parser.state() != RequestParser::State::Failed) {
    pending.append(input.substr(0, piece));
    input.remove_prefix(std::min(piece, input.size()));
    for (;;) {
      pending.erase(0, parser.feed(pending));
      if (parser.state() != RequestParser::State::Complete) break;
      const auto request = parser.take();
      story.append(request.method_name).append(request.target).append(request.body).append(";");
      for (const std::string_view segment : request.segments()) {
        story.append(confman::http::percent_decode(segment));
      }
      const auto parameters = confman::http::query_parameters(request.query());
      for (const auto& [name, value] : parameters) story.append(name).append(value);
      // What is written into a Link or Location means the same.
      const std::string given_back = confman::http::without_plus_signs(request.query());
      if (confman::http::query_parameters(given_back) != parameters) std::abort();
    }
  }
  if (parser.state() == RequestParser::State::Failed) story.append(parser.error().code);
  return story;
}

}  // namespace

// The verdict depends on the bytes only, not on how they were cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string whole = story(input, input.size() + 1);
  if (story(input, 1) != whole || story(input, 7) != whole) std::abort();
  return 0;
}
