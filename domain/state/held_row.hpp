#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/codec/record.hpp"
#include "domain/state/store.hpp"
#include "domain/state/writer.hpp"

// How a decision changes a row: it is read once, and written once. `Of` is the row's table
// (domain/catalogue.hpp).
namespace confman::domain {

template <class Of>
struct HeldRow {
  using Row = Of::Row;

  Bytes key;
  std::optional<Bytes> bytes;  // as it lies; nothing: there is none
  Row row;

  // Of rows whose version is the log index of their last change; 0: there is none.
  std::uint64_t version() const { return bytes ? row.revision.index : 0; }
};

template <class Of>
HeldRow<Of> hold(const StateStore& store, Bytes key) {
  HeldRow<Of> held{std::move(key), {}, {}};
  held.bytes = store.get(Of::kTable, held.key);
  if (held.bytes) held.row = must_decode(decode_record<typename Of::Row>(*held.bytes));
  return held;
}

template <class Of>
void write(StateWriter& state, const HeldRow<Of>& before, const typename Of::Row& row) {
  const Bytes bytes = encode_record(row);
  before.bytes ? state.replace(Of::kTable, before.key, *before.bytes, bytes)
               : state.insert(Of::kTable, before.key, bytes);
}

template <class Of>
void remove(StateWriter& state, const HeldRow<Of>& held) {
  CONFMAN_ASSERT(held.bytes, "A row that there isn't is removed.");
  state.remove(Of::kTable, held.key, *held.bytes);
}

}  // namespace confman::domain
