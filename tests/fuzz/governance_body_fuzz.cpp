#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/api/faults.hpp"
#include "adapters/api/resources/binding_body.hpp"
#include "adapters/api/resources/change_body.hpp"
#include "adapters/api/resources/policy_body.hpp"
#include "domain/base/assert.hpp"
#include "domain/command/command.hpp"
#include "domain/json/value.hpp"

using namespace confman;

namespace {

void check_known(const http::Problem& problem) {
  const api::Fault* known = api::find_fault(problem.code);
  CONFMAN_ASSERT(known != nullptr && known->status == problem.status,
                 "A problem has a code that is in no table.");
}

// An array: the changes of a request.
void read_changes(std::string_view text, std::size_t elements) {
  const auto changes = api::read_changes(text, nullptr);
  if (!changes) return check_known(changes.error());
  const auto bodies = domain::split_changes(changes->joined);
  CONFMAN_ASSERT(bodies && bodies->size() == elements, "A change was lost or made up.");
  CONFMAN_ASSERT(changes->targets.size() == elements, "A change has no place.");
  for (const ByteView body : *bodies) {
    const auto change = domain::decode_body(body);
    CONFMAN_ASSERT(change.has_value(), "A change can't be decoded.");
    CONFMAN_ASSERT(!api::action_of(*change).empty(), "A change has no action.");
  }
}

template <class Read, class Append>
void read_fields(const json::Value& object, Read read, Append append) {
  const auto first = read(object);
  if (!first) return check_known(first.error());
  std::string shown;
  json::Writer out(shown);
  out.begin_object();
  append(out, *first);
  out.end_object();
  const auto parsed = json::parse(shown);
  CONFMAN_ASSERT(parsed.has_value(), "What is shown is no JSON.");
  const auto second = read(*parsed);
  CONFMAN_ASSERT(second.has_value(), "What is shown isn't taken.");
  std::string again;
  json::Writer out_again(again);
  out_again.begin_object();
  append(out_again, *second);
  out_again.end_object();
  CONFMAN_ASSERT(shown == again, "What is shown means something else when it is sent back.");
}

}  // namespace

// The bodies by which a namespace is governed: what is taken can be read back, and what isn't has a
// code.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto value = json::parse(text);
  if (!value) return 0;
  if (value->array() != nullptr) read_changes(text, value->array()->size());
  if (value->object() != nullptr) {
    read_fields(*value, api::terms_of_fields, api::append_terms);
    read_fields(*value, api::bound_of_fields,
                [](json::Writer& out, std::string_view bound) { api::append_bound(out, bound); });
  }
  return 0;
}
