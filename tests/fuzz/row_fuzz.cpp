#include <cstddef>
#include <cstdint>

#include "domain/audit/event.hpp"
#include "domain/base/assert.hpp"
#include "domain/command/reply.hpp"
#include "domain/entries/entry.hpp"
#include "domain/model/revision.hpp"
#include "domain/namespaces/namespace.hpp"
#include "domain/outcomes/outcome.hpp"
#include "domain/state/meta.hpp"

namespace {

template <class Row>
void check(confman::ByteView bytes, const std::expected<Row, confman::domain::DecodeFault>& row) {
  if (!row) return;
  CONFMAN_ASSERT(bytes.starts_with(confman::domain::encode(*row)),
                 "A row decodes from bytes that are not canonical.");
}

}  // namespace

// The first byte chooses the decoder.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace confman;
  using namespace confman::domain;
  if (size == 0) return 0;
  const ByteView bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 7) {
    case 0:
      check(bytes, decode_namespace_row(bytes));
      break;
    case 1:
      check(bytes, decode_entry_row(bytes));
      break;
    case 2:
      check(bytes, decode_audit_row(bytes));
      break;
    case 3:
      check(bytes, decode_outcome_row(bytes));
      break;
    case 4:
      check(bytes, decode_meta_row(bytes));
      break;
    case 5:
      check(bytes, decode_reply(bytes));
      break;
    default:
      keys::parse_entry(bytes);
      keys::parse_version(bytes);
      keys::parse_audit(bytes);
      keys::parse_outcome(bytes);
      keys::parse_outcome_expiry(bytes);
      parse_revision(bytes);
  }
  return 0;
}
