#pragma once

#include <cstddef>
#include <string>

namespace confman::bench {

struct SchemaAndDocument {
  std::string schema;    // draft 7, which all that are measured speak
  std::string document;  // valid
};

// The configuration of a service as an object of `keys` keys: numbers with bounds, texts with
// lengths, enums, booleans, lists and small objects in turn; each tenth key has a pattern, if they
// are asked for.
SchemaAndDocument keys_of_a_service(std::size_t keys, bool with_patterns);

}  // namespace confman::bench
