#include "domain/json/check.hpp"

namespace confman::json {

std::expected<void, Fault> check_json(ByteView text, const Limits& limits) {
  NullVisitor nobody;
  return read(text, nobody, limits);
}

}  // namespace confman::json
